using FaceAd.Models.Onnx;

namespace FaceAd.Models;

/// <summary>
/// Converts a TensorFlow.js image classifier to ONNX (opset 13): channels last at the input, channels first inside. Supports the
/// operations of the MobileNet family and rejects any other. The same input gives the same bytes: nodes and weights are written in
/// graph order, and nothing depends on time, machine or hash order.
/// </summary>
static class TfjsToOnnx
{
    /// <param name="graph">The graph.</param>
    /// <param name="outputs">Names of the output nodes.</param>
    /// <exception cref="InvalidDataException">The graph contains something unsupported.</exception>
    public static byte[] Convert(TfjsGraph graph, IReadOnlyList<string> outputs)
    {
        var onnx = new GraphProto { Name = "graph" };
        var tensors = new Dictionary<string, Tensor>();
        foreach (var node in graph.Nodes.Where(n => !n.IsConstant)) Write(graph, node, onnx, tensors);
        foreach (var output in outputs) onnx.Output.Add(OnnxGraph.Describe(output, tensors[output].Shape));
        return OnnxGraph.Write(onnx);
    }

    static void Write(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        switch (node.Op)
        {
            case "Placeholder":
                WriteInput(node, onnx, tensors);
                break;
            case "Conv2D" or "DepthwiseConv2dNative":
                WriteConvolution(graph, node, onnx, tensors);
                break;
            case "Add" or "Mul":
                WriteElementwise(graph, node, onnx, tensors);
                break;
            case "Minimum":
                // Written together with the following Maximum as one Clip, which ONNX Runtime fuses into the convolution.
                tensors[node.Name] = Read(tensors, node.Inputs[0]) with { Upper = Scalar(graph, node, onnx) };
                break;
            case "Maximum":
                WriteClip(graph, node, onnx, tensors);
                break;
            case "Relu" or "Sigmoid" or "Softmax":
                var input = Read(tensors, node.Inputs[0]);
                OnnxGraph.AddNode(onnx, node.Op, node.Name, [input.Name], node.Op == "Softmax" ? [OnnxGraph.Integer("axis", -1)] : []);
                tensors[node.Name] = input with { Name = node.Name };
                break;
            case "Mean":
                WriteMean(graph, node, onnx, tensors);
                break;
            case "_FusedMatMul":
                WriteDense(graph, node, onnx, tensors);
                break;
            default:
                throw new InvalidDataException($"Node {node.Name} has the unknown operation {node.Op}.");
        }
    }

    static void WriteInput(TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        var shape = node.Shape();
        if (shape.Length != 4)
            throw new InvalidDataException($"Input {node.Name} is not a picture: it has {shape.Length} dimensions, not 4.");
        shape[0] = 1;
        onnx.Input.Add(OnnxGraph.Describe(node.Name, shape));
        var inner = node.Name + "/channels_first";
        OnnxGraph.AddNode(onnx, "Transpose", inner, [node.Name], OnnxGraph.Integers("perm", [0, 3, 1, 2]));
        tensors[node.Name] = new Tensor(inner, [1, shape[3], shape[1], shape[2]]);
    }

    static void WriteConvolution(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        if (node.Text("data_format") != "NHWC" || node.Text("padding") != "SAME" || node.Integers("dilations").Any(d => d != 1))
            throw new InvalidDataException($"Convolution {node.Name} has an unknown format, padding or dilation.");
        var input = Read(tensors, node.Inputs[0]);
        var strides = node.Integers("strides");
        var depthwise = node.Op != "Conv2D";
        // Filters are height x width x in x out; for a depthwise convolution, out is the number of filters per channel.
        var filter = graph.Weight(node.Inputs[1]);
        var (height, width, channelsIn, channelsOut) = (filter.Shape[0], filter.Shape[1], filter.Shape[2], filter.Shape[3]);
        if (channelsIn != input.Shape[1]) throw new InvalidDataException($"Convolution {node.Name} does not match its input.");
        var filters = new float[filter.Floats.Length];
        var perGroup = depthwise ? 1 : channelsIn;
        var outputs = depthwise ? channelsIn * channelsOut : channelsOut;
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < perGroup; i++)
            {
                var (from, to) = depthwise ? (o / channelsOut, o % channelsOut) : (i, o);
                for (var k = 0; k < height * width; k++)
                    filters[((o * perGroup) + i) * height * width + k] = filter.Floats[((k * channelsIn) + from) * channelsOut + to];
            }
        }
        OnnxGraph.AddWeight(onnx, node.Inputs[1], [outputs, perGroup, height, width], filters);
        var (outHeight, top, bottom) = Same(input.Shape[2], height, strides[1]);
        var (outWidth, left, right) = Same(input.Shape[3], width, strides[2]);
        OnnxGraph.AddNode(onnx, "Conv", node.Name, [input.Name, node.Inputs[1]],
            OnnxGraph.Integer("group", depthwise ? channelsIn : 1),
            OnnxGraph.Integers("kernel_shape", [height, width]),
            OnnxGraph.Integers("pads", [top, left, bottom, right]),
            OnnxGraph.Integers("strides", [strides[1], strides[2]]));
        tensors[node.Name] = new Tensor(node.Name, [1, outputs, outHeight, outWidth]);
    }

    /// <summary>TensorFlow's SAME padding: ceil(size / stride) results, with the odd pixel of padding at the end.</summary>
    static (int Size, int Before, int After) Same(int size, int kernel, int stride)
    {
        var results = (size + stride - 1) / stride;
        var padding = Math.Max((results - 1) * stride + kernel - size, 0);
        return (results, padding / 2, padding - padding / 2);
    }

    static void WriteElementwise(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        var input = Read(tensors, node.Inputs[0]);
        if (!graph.IsWeight(node.Inputs[1])) throw new InvalidDataException($"Node {node.Name} has no constant operand.");
        var weight = graph.Weight(node.Inputs[1]);
        if (weight.Floats.Length != input.Shape[1]) throw new InvalidDataException($"Node {node.Name} does not match its input.");
        OnnxGraph.AddWeight(onnx, node.Inputs[1], [weight.Floats.Length, 1, 1], weight.Floats);
        OnnxGraph.AddNode(onnx, node.Op, node.Name, [input.Name, node.Inputs[1]]);
        tensors[node.Name] = new Tensor(node.Name, input.Shape);
    }

    static void WriteClip(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        var input = tensors[node.Inputs[0]];
        if (input.Upper is not { } upper) throw new InvalidDataException($"Node {node.Name} has no Minimum before it.");
        OnnxGraph.AddNode(onnx, "Clip", node.Name, [input.Name, Scalar(graph, node, onnx), upper]);
        tensors[node.Name] = new Tensor(node.Name, input.Shape);
    }

    /// <summary>Writes a node's second operand, which must be a scalar constant, and returns its name.</summary>
    static string Scalar(TfjsGraph graph, TfjsNode node, GraphProto onnx)
    {
        var name = node.Inputs[1];
        if (!graph.IsWeight(name) || graph.Weight(name).Floats is not [_] value)
            throw new InvalidDataException($"The second operand of node {node.Name} is not a scalar constant.");
        OnnxGraph.AddWeight(onnx, name, [], value);
        return name;
    }

    static Tensor Read(Dictionary<string, Tensor> tensors, string name) =>
        tensors[name] is { Upper: null } tensor
            ? tensor
            : throw new InvalidDataException($"{name} is a Minimum without a Maximum after it.");

    static void WriteMean(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        var input = Read(tensors, node.Inputs[0]);
        if (graph.Weight(node.Inputs[1]).Integers is not [1, 2] || node.Attr!["keep_dims"].GetProperty("b").GetBoolean())
            throw new InvalidDataException($"Node {node.Name} is not a mean over height and width.");
        OnnxGraph.AddNode(
            onnx, "ReduceMean", node.Name, [input.Name], OnnxGraph.Integers("axes", [2, 3]), OnnxGraph.Integer("keepdims", 0));
        tensors[node.Name] = new Tensor(node.Name, [1, input.Shape[1]]);
    }

    static void WriteDense(TfjsGraph graph, TfjsNode node, GraphProto onnx, Dictionary<string, Tensor> tensors)
    {
        var kernel = graph.Weight(node.Inputs[1]);
        OnnxGraph.AddWeight(onnx, node.Inputs[1], kernel.Shape, kernel.Floats);
        OnnxGraph.AddWeight(onnx, node.Inputs[2], graph.Weight(node.Inputs[2]).Shape, graph.Weight(node.Inputs[2]).Floats);
        var fused = node.Texts("fused_ops");
        var rectified = fused is ["BiasAdd", "Relu"];
        if (!rectified && fused is not ["BiasAdd"]) throw new InvalidDataException($"Node {node.Name} fuses unknown operations.");
        var sum = rectified ? node.Name + "/sum" : node.Name;
        OnnxGraph.AddNode(onnx, "Gemm", sum, [Read(tensors, node.Inputs[0]).Name, node.Inputs[1], node.Inputs[2]]);
        if (rectified) OnnxGraph.AddNode(onnx, "Relu", node.Name, [sum]);
        tensors[node.Name] = new Tensor(node.Name, [1, kernel.Shape[1]]);
    }

    /// <summary>
    /// A result in the ONNX graph; <see cref="Shape"/> is channels first, <see cref="Upper"/> the bound of a Clip not written yet.
    /// </summary>
    sealed record Tensor(string Name, int[] Shape)
    {
        public string? Upper { get; init; }
    }
}
