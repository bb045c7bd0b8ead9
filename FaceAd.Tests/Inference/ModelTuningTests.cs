using System.Text.RegularExpressions;
using FaceAd.Inference;
using FaceAd.Models;
using FaceAd.Models.Onnx;
using FaceAd.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace FaceAd.Tests.Inference;

/// <summary>The prepared models are cheaper than their sources, and say the same.</summary>
public sealed class ModelTuningTests
{
    static string Sources => Path.Combine(Support.Models.NodeModules, "faceplugin-face-recognition-js", "model");

    [Fact]
    public async Task Prepare_RealFaces_PointsAndEmbeddingsAreThoseOfTheSources()
    {
        var folder = Directory.CreateTempSubdirectory("facead-sources-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(Support.Models.Folder)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var manifest = Path.Combine(folder, "manifest.json");
            foreach (var name in new[] { "fr_landmark", "fr_feature" })
            {
                File.Copy(Path.Combine(Sources, name + ".onnx"), Path.Combine(folder, name + ".onnx"), overwrite: true);
                // The hash of the prepared file gives way to that of its source.
                File.WriteAllText(manifest, Regex.Replace(
                    File.ReadAllText(manifest),
                    $"(model/{name}.onnx\", \"sha256\": \")(\\w+)(.*?\"file\": \"{name}.onnx\",\\s*\"sha256\": \")\\w+", "$1$2$3$2",
                    RegexOptions.Singleline));
            }
            using var sources = new FaceChain(new FaceChainOptions { ModelFolder = folder });
            using var expected = sources.Rent();
            using var frame = Support.Models.Chain.Rent();
            var jpeg = await Pictures.TwoFacesAsync();

            sources.Analyze(jpeg, expected);
            Support.Models.Chain.Analyze(jpeg, frame);

            Assert.Equal(2, expected.Faces.Length);
            Assert.Equal(2, frame.Faces.Length);
            for (var face = 0; face < 2; face++)
            {
                Assert.InRange(Difference(expected.LandmarkSlot(face), frame.LandmarkSlot(face)), 0, 1e-3);
                Assert.InRange(Difference(expected.Embedding(face), frame.Embedding(face)), 0, 1e-5);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Prepare_EveryModel_HasNoVanishingWeightAndNoParametricRectifier()
    {
        Assert.InRange(VanishingWeights.Zero(Read(Path.Combine(Sources, "fr_feature.onnx"))), 8_000, 1_000_000);
        Assert.Equal(33, ParametricRectifiers.Replace(Read(Path.Combine(Sources, "fr_feature.onnx"))));

        var models = Directory.GetFiles(Support.Models.Folder, "*.onnx");

        Assert.Equal(5, models.Length);
        Assert.All(models, file => Assert.Equal(0, VanishingWeights.Zero(Read(file))));
        Assert.All(models, file => Assert.Equal(0, ParametricRectifiers.Replace(Read(file))));
        Assert.All(models, file => Assert.False(HoldsDenormals(file), file));
    }

    [Theory]
    [InlineData("fr_detect.onnx")]
    [InlineData("fr_feature.onnx")]
    public void Tune_NothingToGain_LeavesTheBytesAlone(string prepared)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Support.Models.Folder, prepared));

        Assert.Same(bytes, ModelPreparation.Tune(bytes));
    }

    [Fact]
    public void Tune_ParametricRectifier_SaysTheSameToTheLastBit()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(OnnxGraph.Describe("x", [1, 4, 2, 2]));
        graph.Output.Add(OnnxGraph.Describe("y", [1, 4, 2, 2]));
        OnnxGraph.AddWeight(graph, "slopes", [4, 1, 1], [-0.5f, 0, 0.7f, 1.3f]);
        OnnxGraph.AddNode(graph, "PRelu", "y", ["x", "slopes"]);
        var model = OnnxGraph.Write(graph);

        var tuned = ModelPreparation.Tune(model);

        Assert.NotSame(model, tuned);
        Assert.DoesNotContain(ModelProto.Parser.ParseFrom(tuned).Graph.Initializer, weight => weight.Name == "slopes");
        Assert.Equal(Run(model), Run(tuned));
    }

    static float[] Run(byte[] model)
    {
        FaceAd.Inference.Models.OnnxRuntime.EnsureStarted();
        using var session = new InferenceSession(model);
        float[] x = [-3.3f, -1, 1, 0.1f, -2, 2, 0, -0.7f, -1.7f, 3.1f, -5, 5, -0.3f, 0.3f, -9, 9];
        using var input = OrtValue.CreateTensorValueFromMemory(x, [1, 4, 2, 2]);
        using var options = new RunOptions();
        using var result = session.Run(options, ["x"], [input], ["y"]);
        return [.. result[0].GetTensorDataAsSpan<float>()];
    }

    static ModelProto Read(string file) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));

    static bool HoldsDenormals(string file) =>
        Read(file).Graph.Initializer.Any(t => t.DataType == OnnxGraph.Float && OnnxGraph.Floats(t).Any(float.IsSubnormal));

    static float Difference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var largest = 0f;
        for (var i = 0; i < a.Length; i++) largest = Math.Max(largest, Math.Abs(a[i] - b[i]));
        return largest;
    }
}
