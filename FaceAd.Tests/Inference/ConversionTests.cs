using FaceAd.Inference.Models;
using FaceAd.Models;

namespace FaceAd.Tests.Inference;

/// <summary>The converted graph computes what the original graph says, evaluated node by node in double precision.</summary>
public sealed class ConversionTests
{
    [Fact]
    public void Convert_Faceres_EqualsTheNaiveEvaluation()
    {
        var source = Path.Combine(Support.Models.NodeModules, "@vladmandic", "human", "models");
        var graph = TfjsGraph.Read(
            File.ReadAllBytes(Path.Combine(source, "faceres.json")), File.ReadAllBytes(Path.Combine(source, "faceres.bin")));
        using var model = new AgeGenderModel(Support.Models.Folder, ModelManifest.Load(Support.Models.Folder)[ModelRole.AgeGender]);
        using var tensors = model.CreateTensors();
        var random = new Random(6);
        for (var i = 0; i < tensors.Input.Length; i++) tensors.Input[i] = 100 * MathF.Sin(i / 500f) + random.Next(-30, 30);
        var input = tensors.Input.ToArray();
        model.Run(tensors);
        var ages = AgeGenderModel.Age(tensors).ToArray();
        var male = AgeGenderModel.Male(tensors)[0];

        var expected = Evaluate(graph, input);

        Assert.Equal(expected["gender_pred/Sigmoid"].Values[0], male, 4);
        Assert.InRange(expected["age_pred/Softmax"].Values.Zip(ages, (e, a) => Math.Abs(e - a)).Max(), 0, 2e-5);
        Assert.Equal(1, ages.Sum(), 4);
    }

    static Dictionary<string, Value> Evaluate(TfjsGraph graph, float[] input)
    {
        var values = new Dictionary<string, Value>();
        foreach (var node in graph.Nodes.Where(n => !n.IsConstant))
        {
            var first = node.Inputs.Count > 0 ? values[node.Inputs[0]] : null;
            float[] Weight(int index) => graph.Weight(node.Inputs[index]).Floats;
            values[node.Name] = node.Op switch
            {
                "Placeholder" => new Value([224, 224, 3], [.. input.Select(v => (double)v)]),
                "Conv2D" => Convolve(first!, graph.Weight(node.Inputs[1]), node.Integers("strides")[1], depthwise: false),
                "DepthwiseConv2dNative" => Convolve(first!, graph.Weight(node.Inputs[1]), node.Integers("strides")[1], depthwise: true),
                "Add" => first!.Map((v, c) => v + Pick(Weight(1), c)),
                "Mul" => first!.Map((v, c) => v * Pick(Weight(1), c)),
                "Minimum" => first!.Map((v, c) => Math.Min(v, Pick(Weight(1), c))),
                "Maximum" => first!.Map((v, c) => Math.Max(v, Pick(Weight(1), c))),
                "Relu" => first!.Map((v, _) => Math.Max(v, 0)),
                "Sigmoid" => first!.Map((v, _) => 1 / (1 + Math.Exp(-v))),
                "Softmax" => Softmax(first!),
                "Mean" => Mean(first!),
                "_FusedMatMul" => Dense(first!, Weight(1), Weight(2), node.Texts("fused_ops").Contains("Relu")),
                _ => throw new InvalidOperationException(node.Op),
            };
        }
        return values;
    }

    static double Pick(float[] weights, int channel) => weights.Length == 1 ? weights[0] : weights[channel];

    static Value Convolve(Value input, TfjsWeight filter, int stride, bool depthwise)
    {
        var (height, width, channels) = (input.Shape[0], input.Shape[1], input.Shape[2]);
        var kernel = filter.Shape[0];
        var (rows, columns, outputs) = ((height + stride - 1) / stride, (width + stride - 1) / stride, depthwise
            ? channels : filter.Shape[3]);
        var before = Math.Max((rows - 1) * stride + kernel - height, 0) / 2;
        var result = new double[rows * columns * outputs];
        Parallel.For(0, rows, y =>
        {
            for (var x = 0; x < columns; x++)
            {
                var sums = result.AsSpan((y * columns + x) * outputs, outputs);
                for (var k = 0; k < kernel * kernel; k++)
                {
                    var (v, u) = (y * stride + k / kernel - before, x * stride + k % kernel - before);
                    if (v < 0 || u < 0 || v >= height || u >= width) continue;
                    for (var i = 0; i < channels; i++)
                    {
                        var value = input.Values[(v * width + u) * channels + i];
                        if (depthwise) sums[i] += value * filter.Floats[k * channels + i];
                        else if (value != 0) Accumulate(sums, value, filter.Floats.AsSpan((k * channels + i) * outputs, outputs));
                    }
                }
            }
        });
        return new Value([rows, columns, outputs], result);
    }

    static void Accumulate(Span<double> sums, double value, ReadOnlySpan<float> weights)
    {
        for (var o = 0; o < sums.Length; o++) sums[o] += value * weights[o];
    }

    static Value Mean(Value input)
    {
        var channels = input.Shape[2];
        var sums = new double[channels];
        for (var i = 0; i < input.Values.Length; i++) sums[i % channels] += input.Values[i] * channels / input.Values.Length;
        return new Value([channels], sums);
    }

    static Value Dense(Value input, float[] kernel, float[] bias, bool rectified)
    {
        var sums = bias.Select(b => (double)b).ToArray();
        for (var i = 0; i < input.Values.Length; i++) Accumulate(sums, input.Values[i], kernel.AsSpan(i * bias.Length, bias.Length));
        return new Value([bias.Length], rectified ? [.. sums.Select(s => Math.Max(s, 0))] : sums);
    }

    static Value Softmax(Value input)
    {
        var exponents = input.Values.Select(v => Math.Exp(v - input.Values.Max())).ToArray();
        return new Value(input.Shape, [.. exponents.Select(e => e / exponents.Sum())]);
    }

    /// <summary>Height x width x channels, or channels alone.</summary>
    sealed record Value(int[] Shape, double[] Values)
    {
        public Value Map(Func<double, int, double> map) => new(Shape, [.. Values.Select((v, i) => map(v, i % Shape[^1]))]);
    }
}
