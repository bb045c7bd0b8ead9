using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Models;

/// <summary>One weight: floats, or integers for axes.</summary>
sealed record TfjsWeight(int[] Shape, float[] Floats, int[] Integers);

sealed record TfjsModel(TfjsTopology ModelTopology, IReadOnlyList<TfjsWeightGroup> WeightsManifest);

sealed record TfjsTopology(IReadOnlyList<TfjsNode> Node);

sealed record TfjsWeightGroup(IReadOnlyList<string> Paths, IReadOnlyList<TfjsWeightSpec> Weights);

sealed record TfjsWeightSpec(string Name, int[] Shape, string Dtype, TfjsQuantization? Quantization);

sealed record TfjsQuantization(string Dtype);

sealed record TfjsNode(string Name, string Op, IReadOnlyList<string>? Input, IReadOnlyDictionary<string, JsonElement>? Attr)
{
    public IReadOnlyList<string> Inputs => Input ?? [];

    /// <summary>A list of integers, which the format writes as strings.</summary>
    public int[] Integers(string name) =>
        [.. Attr![name].GetProperty("list").GetProperty("i").EnumerateArray()
            .Select(i => int.Parse(i.GetString()!, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>A string, which the format writes as base64.</summary>
    public string Text(string name) => System.Text.Encoding.ASCII.GetString(Attr![name].GetProperty("s").GetBytesFromBase64());

    /// <summary>A list of strings.</summary>
    public string[] Texts(string name) =>
        [.. Attr![name].GetProperty("list").GetProperty("s").EnumerateArray()
            .Select(s => System.Text.Encoding.ASCII.GetString(s.GetBytesFromBase64()))];

    /// <summary>Shape of a placeholder; -1 for a free dimension.</summary>
    public int[] Shape() =>
        [.. Attr!["shape"].GetProperty("shape").GetProperty("dim").EnumerateArray()
            .Select(d => int.Parse(d.GetProperty("size").GetString()!, System.Globalization.CultureInfo.InvariantCulture))];

    [JsonIgnore]
    public bool IsConstant => Op == "Const";
}
