using System.Buffers.Binary;
using System.Text.Json;

namespace FaceAd.Models;

/// <summary>A TensorFlow.js graph model: its nodes in topological order and its weights, dequantised to 32 bits.</summary>
sealed class TfjsGraph
{
    readonly Dictionary<string, TfjsWeight> _weights = [];

    TfjsGraph(IReadOnlyList<TfjsNode> nodes) => Nodes = nodes;

    public IReadOnlyList<TfjsNode> Nodes { get; }

    public bool IsWeight(string name) => _weights.ContainsKey(name);

    public TfjsWeight Weight(string name) => _weights[name];

    /// <exception cref="InvalidDataException">The graph or its weights do not follow the format.</exception>
    public static TfjsGraph Read(ReadOnlySpan<byte> json, ReadOnlySpan<byte> weights)
    {
        var model = JsonSerializer.Deserialize<TfjsModel>(json, JsonSerializerOptions.Web)
            ?? throw new InvalidDataException("The graph is empty.");
        var graph = new TfjsGraph(model.ModelTopology.Node);
        var offset = 0;
        foreach (var spec in model.WeightsManifest.SelectMany(group => group.Weights))
        {
            var count = spec.Shape.Aggregate(1, (product, side) => checked(product * side));
            var width = spec.Quantization?.Dtype == "float16" ? 2 : 4;
            var bytes = weights.Slice(offset, checked(count * width));
            offset += bytes.Length;
            graph._weights.Add(spec.Name, (spec.Dtype, spec.Quantization?.Dtype) switch
            {
                ("float32", "float16") => new TfjsWeight(spec.Shape, ReadHalves(bytes), []),
                ("float32", null) => new TfjsWeight(spec.Shape, ReadSingles(bytes), []),
                ("int32", null) => new TfjsWeight(spec.Shape, [], ReadIntegers(bytes)),
                _ => throw new InvalidDataException($"Weight {spec.Name} has the unknown type {spec.Dtype}/{spec.Quantization?.Dtype}."),
            });
        }
        return offset == weights.Length
            ? graph
            : throw new InvalidDataException($"The weights have {weights.Length} bytes, the graph describes {offset}.");
    }

    static float[] ReadHalves(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / 2];
        for (var i = 0; i < values.Length; i++) values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(2 * i)..]);
        return values;
    }

    static float[] ReadSingles(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / 4];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        return values;
    }

    static int[] ReadIntegers(ReadOnlySpan<byte> bytes)
    {
        var values = new int[bytes.Length / 4];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
        return values;
    }
}
