using System.Runtime.InteropServices;
using FaceAd.Models.Onnx;
using Google.Protobuf;

namespace FaceAd.Models;

/// <summary>
/// Sets weights to zero that training has let vanish: denormal numbers, with which many processors calculate a hundred times slower than
/// with others, and those of which two multiplied would be one. No output changes by a bit that counts.
/// </summary>
static class VanishingWeights
{
    /// <summary>Nothing smaller is kept. Its square is the smallest normal number.</summary>
    const float Smallest = 1.1e-19f;

    /// <summary>Zeroes them.</summary>
    /// <param name="model">The model; changed.</param>
    /// <returns>How many there were.</returns>
    public static int Zero(ModelProto model) => FloatTensors(model.Graph).Sum(Zero);

    /// <summary>Weights stand among the initializers, or as constants in the graph.</summary>
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
