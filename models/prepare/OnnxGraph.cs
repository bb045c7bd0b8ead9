using System.Runtime.InteropServices;
using FaceAd.Models.Onnx;
using Google.Protobuf;

namespace FaceAd.Models;

/// <summary>Building blocks for writing ONNX graphs (opset 13). The same calls give the same bytes.</summary>
static class OnnxGraph
{
    public const int Float = 1;

    public static byte[] Write(GraphProto graph)
    {
        var model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = "FaceAd.Models",
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 13 } },
        };
        return model.ToByteArray();
    }

    public static void AddNode(
        GraphProto onnx, string operation, string name, string[] inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = name, Input = { inputs }, Output = { name } };
        foreach (var attribute in attributes) node.Attribute.Add(attribute);
        onnx.Node.Add(node);
    }

    public static void AddWeight(GraphProto onnx, string name, int[] shape, float[] values)
    {
        if (onnx.Initializer.Any(t => t.Name == name)) return;
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("ONNX stores little-endian values.");
        onnx.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = Float,
            Dims = { shape.Select(side => (long)side) },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)),
        });
    }

    /// <summary>A copy of the values of a float tensor.</summary>
    public static float[] Floats(TensorProto tensor) =>
        tensor.RawData.IsEmpty ? [.. tensor.FloatData] : MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();

    /// <summary>Describes a float input or output. The first dimension, the batch, is left free.</summary>
    public static ValueInfoProto Describe(string name, int[] shape)
    {
        var dimensions = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension() } };
        foreach (var side in shape.AsSpan(1)) dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = side });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float, Shape = dimensions } }
        };
    }

    public static AttributeProto Integer(string name, long value) =>
        new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Integers(string name, int[] values) =>
        new() { Name = name, Ints = { values.Select(v => (long)v) }, Type = AttributeProto.Types.AttributeType.Ints };
}
