using FaceAd.Models.Onnx;

namespace FaceAd.Models;

/// <summary>
/// Writes PRelu, for which ONNX Runtime has a slow kernel only, with operations that it has fast ones for: relu(x) - slope x relu(-x) is
/// the same to the last bit. In the embedding model they cost twice as much as all convolutions.
/// </summary>
static class ParametricRectifiers
{
    /// <summary>Replaces those whose slopes are constant.</summary>
    /// <param name="model">The model; changed.</param>
    /// <returns>How many there were.</returns>
    public static int Replace(ModelProto model)
    {
        var graph = model.Graph;
        // An initializer that is an input too may be fed from outside.
        var constants = graph.Initializer.Where(t => t.DataType == OnnxGraph.Float && graph.Input.All(i => i.Name != t.Name)).ToDictionary(t => t.Name);
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
        // The shape of the slopes for the constant too: for one value alone ONNX Runtime would leave its blocked layout.
        OnnxGraph.AddWeight(graph, y + "/minus", shape, [.. slopes.Select(_ => -1f)]);
        OnnxGraph.AddWeight(graph, y + "/slopes", shape, [.. slopes.Select(value => -value)]);
        OnnxGraph.AddNode(graph, "Relu", y + "/above", [x]);
        OnnxGraph.AddNode(graph, "Mul", y + "/turned", [x, y + "/minus"]);
        OnnxGraph.AddNode(graph, "Relu", y + "/below", [y + "/turned"]);
        OnnxGraph.AddNode(graph, "Mul", y + "/sloped", [y + "/below", y + "/slopes"]);
        OnnxGraph.AddNode(graph, "Add", y, [y + "/above", y + "/sloped"]);
    }
}
