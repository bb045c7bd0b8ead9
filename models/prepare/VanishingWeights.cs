using System.Runtime.InteropServices;
using FaceAd.Models.Onnx;
using Google.Protobuf;

namespace FaceAd.Models;

/// <summary>
/// Zeroes vanishing weights: denormal numbers, which many processors handle a hundred times more slowly than others, and those small
/// enough that the product of two would be denormal. No output changes in a significant digit.
/// </summary>
static class VanishingWeights
{
    /// <summary>Smallest magnitude kept. Its square is about the smallest normal number.</summary>
    const float Smallest = 1.1e-19f;

    /// <summary>Zeroes the vanishing weights of a model.</summary>
    /// <param name="model">The model; modified in place.</param>
    /// <returns>Number of weights zeroed.</returns>
    public static int Zero(ModelProto model) => FloatTensors(model.Graph).Sum(Zero);

    /// <summary>Weights are initializers, or constants in the graph.</summary>
    static IEnumerable<TensorProto> FloatTensors(GraphProto graph) =>
        graph.Initializer
            .Concat(graph.Node.SelectMany(node => node.Attribute).Select(attribute => attribute.T).OfType<TensorProto>())
            .Where(tensor => tensor.DataType == OnnxGraph.Float);

    static int Zero(TensorProto tensor)
    {
        var values = OnnxGraph.Floats(tensor);
        var zeroed = 0;
        foreach (ref var value in values.AsSpan())
        {
            if (value == 0 || MathF.Abs(value) >= Smallest) continue;
            value = 0;
            zeroed++;
        }
        if (zeroed == 0) return 0;
        tensor.FloatData.Clear();
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values));
        return zeroed;
    }
}
