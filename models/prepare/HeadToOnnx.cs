using FaceAd.Models.Onnx;

namespace FaceAd.Models;

/// <summary>
/// Writes a trained head as ONNX: concatenated features, a hidden layer with ReLU, then a softmax over ages and a sigmoid of the last
/// value. The transforms of the features (logarithm of the ages, logit of the gender) are part of the graph, so that callers pass them
/// unchanged.
/// </summary>
public static class HeadToOnnx
{
    /// <summary>Lower bound of an age's probability before the logarithm.</summary>
    public const float AgeFloor = 1e-5f;

    /// <summary>Minimum distance of the probability of a man from 0 and 1 before the logit.</summary>
    public const float GenderFloor = 1e-6f;

    /// <summary>Writes the model.</summary>
    /// <param name="features">Feature names and lengths, in the order of the hidden layer's inputs: feature, age, male, embedding.</param>
    /// <param name="hidden">Layer on the concatenated features.</param>
    /// <param name="output">Layer that outputs the logits of the ages and, last, of a man.</param>
    public static byte[] Convert(IReadOnlyList<(string Name, int Length)> features, DenseLayer hidden, DenseLayer output)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(output);
        if (features.Sum(f => f.Length) != hidden.Inputs || hidden.Outputs != output.Inputs)
            throw new ArgumentException("The layers do not match the features.", nameof(features));
        var ages = output.Outputs - 1;
        var graph = new GraphProto { Name = "graph" };
        foreach (var (name, length) in features) graph.Input.Add(OnnxGraph.Describe(name, [1, length]));
        OnnxGraph.AddNode(graph, "Concat", "joined", [.. features.Select(f => Prepare(graph, f.Name))], OnnxGraph.Integer("axis", 1));
        Dense(graph, "hidden", "joined", hidden);
        OnnxGraph.AddNode(graph, "Relu", "rectified", ["hidden"]);
        var (ageColumns, maleColumn) = (Columns(output, 0, ages), Columns(output, ages, 1));
        Dense(graph, "age_logits", "rectified", ageColumns);
        Dense(graph, "male_logit", "rectified", maleColumn);
        OnnxGraph.AddNode(graph, "Softmax", "ages", ["age_logits"], OnnxGraph.Integer("axis", -1));
        OnnxGraph.AddNode(graph, "Sigmoid", "man", ["male_logit"]);
        graph.Output.Add(OnnxGraph.Describe("ages", [1, ages]));
        graph.Output.Add(OnnxGraph.Describe("man", [1, 1]));
        return OnnxGraph.Write(graph);
    }

    static string Prepare(GraphProto graph, string feature)
    {
        switch (feature)
        {
            case "age":
                Clip(graph, "age_kept", feature, AgeFloor, 1);
                OnnxGraph.AddNode(graph, "Log", "age_log", ["age_kept"]);
                return "age_log";
            case "male":
                Clip(graph, "male_kept", feature, GenderFloor, 1 - GenderFloor);
                OnnxGraph.AddWeight(graph, "one", [], [1]);
                OnnxGraph.AddNode(graph, "Log", "male_log", ["male_kept"]);
                OnnxGraph.AddNode(graph, "Sub", "female_kept", ["one", "male_kept"]);
                OnnxGraph.AddNode(graph, "Log", "female_log", ["female_kept"]);
                OnnxGraph.AddNode(graph, "Sub", "male_logit_in", ["male_log", "female_log"]);
                return "male_logit_in";
            default:
                return feature;
        }
    }

    static void Clip(GraphProto graph, string name, string input, float low, float high)
    {
        OnnxGraph.AddWeight(graph, name + "/low", [], [low]);
        OnnxGraph.AddWeight(graph, name + "/high", [], [high]);
        OnnxGraph.AddNode(graph, "Clip", name, [input, name + "/low", name + "/high"]);
    }

    static void Dense(GraphProto graph, string name, string input, DenseLayer layer)
    {
        OnnxGraph.AddWeight(graph, name + "/weights", [layer.Inputs, layer.Outputs], layer.Weights);
        OnnxGraph.AddWeight(graph, name + "/bias", [layer.Outputs], layer.Bias);
        OnnxGraph.AddNode(graph, "Gemm", name, [input, name + "/weights", name + "/bias"]);
    }

    static DenseLayer Columns(DenseLayer layer, int first, int count)
    {
        var weights = new float[layer.Inputs * count];
        for (var i = 0; i < layer.Inputs; i++) layer.Weights.AsSpan(i * layer.Outputs + first, count).CopyTo(weights.AsSpan(i * count));
        return new DenseLayer(layer.Inputs, count, weights, layer.Bias[first..(first + count)]);
    }
}
