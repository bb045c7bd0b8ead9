using FaceAd.Models.Onnx;

namespace FaceAd.Models;

/// <summary>
/// Replaces PRelu, for which ONNX Runtime has only a slow kernel, by operations with fast ones: relu(x) - slope x relu(-x) is the same
/// to the last bit. In the embedding model, PRelu costs twice as much as all convolutions.
/// </summary>
static class ParametricRectifiers
{
    /// <summary>Replaces every PRelu whose slopes are constant.</summary>
    /// <param name="model">The model; modified in place.</param>
    /// <returns>Number of nodes replaced.</returns>
    public static int Replace(ModelProto model)
    {
        var graph = model.Graph;
        // An initializer that is also an input may be set by the caller, so it is not constant.
        var constants = graph.Initializer.Where(t => t.DataType == OnnxGraph.Float && graph.Input.All(i => i.Name != t.Name))
            .ToDictionary(t => t.Name);
        NodeProto[] nodes = [.. graph.Node];
        HashSet<string> slopes = [];
        graph.Node.Clear();
        foreach (var node in nodes)
        {
            if (node.OpType == "PRelu" && constants.TryGetValue(node.Input[1], out var slope))
            {
                Write(graph, node.Input[0], slope, node.Output[0]);
                slopes.Add(slope.Name);
            }
            else
            {
                graph.Node.Add(node);
            }
        }
        slopes.ExceptWith(graph.Node.SelectMany(node => node.Input));
        foreach (var unused in slopes) graph.Initializer.Remove(constants[unused]);
        return (graph.Node.Count - nodes.Length) / 4;
    }

    static void Write(GraphProto graph, string x, TensorProto slope, string y)
    {
        var slopes = OnnxGraph.Floats(slope);
        int[] shape = [.. slope.Dims.Select(side => (int)side)];
        // The constant has the shape of the slopes: a scalar would make ONNX Runtime leave its blocked layout.
        OnnxGraph.AddWeight(graph, y + "/minus", shape, [.. slopes.Select(_ => -1f)]);
        OnnxGraph.AddWeight(graph, y + "/slopes", shape, [.. slopes.Select(value => -value)]);
        OnnxGraph.AddNode(graph, "Relu", y + "/above", [x]);
        OnnxGraph.AddNode(graph, "Mul", y + "/turned", [x, y + "/minus"]);
        OnnxGraph.AddNode(graph, "Relu", y + "/below", [y + "/turned"]);
        OnnxGraph.AddNode(graph, "Mul", y + "/sloped", [y + "/below", y + "/slopes"]);
        OnnxGraph.AddNode(graph, "Add", y, [y + "/above", y + "/sloped"]);
    }
}
