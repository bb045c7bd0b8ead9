using FaceAd.Inference;
using FaceAd.Inference.Models;
using FaceAd.Models;

namespace FaceAd.Tests.Inference;

public sealed class ModelFilesTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_ChangedFile_IsRefusedWithOneLineThatNamesIt()
    {
        CopyModels();
        var path = Path.Combine(_folder, "fr_landmark.onnx");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);

        AssertRefused(path);
    }

    [Fact]
    public void Load_MissingFile_IsRefusedWithOneLineThatNamesIt()
    {
        CopyModels();
        File.Delete(Path.Combine(_folder, "faceres.onnx"));

        AssertRefused(Path.Combine(_folder, "faceres.onnx"));
    }

    [Fact]
    public void Load_NoManifest_IsRefusedWithOneLineThatNamesIt() => AssertRefused(Path.Combine(_folder, "manifest.json"));

    [Fact]
    public void Load_BrokenManifest_IsRefusedWithOneLineThatNamesIt()
    {
        File.WriteAllText(Path.Combine(_folder, "manifest.json"), "{ \"models\": [");
        AssertRefused(Path.Combine(_folder, "manifest.json"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{ \"models\": null }")]
    [InlineData("{ \"models\": [null] }")]
    [InlineData("{ \"models\": [{}] }")]
    public void Manifest_WithoutSense_IsRefusedWithOneLineThatNamesIt(string text)
    {
        var manifest = Path.Combine(_folder, "manifest.json");
        File.WriteAllText(manifest, text);
        AssertRefused(manifest);
        AssertNotPrepared(manifest);
    }

    [Theory]
    [InlineData("\"package\": \"faceplugin-face-recognition-js\"", "\"package\": 1")]
    [InlineData("\"name\": \"fr_detect\"", "\"name\": null")]
    [InlineData("\"file\": \"fr_detect.onnx\"", "\"file\": null")]
    [InlineData("\"path\": \"model/fr_detect.onnx\"", "\"path\": null")]
    [InlineData("{ \"path\": \"model/fr_detect.onnx\"", "null, { \"path\": \"model/fr_detect.onnx\"")]
    public void Prepare_ManifestWithAHole_IsRefusedWithOneLineThatNamesIt(string right, string wrong)
    {
        var manifest = Path.Combine(_folder, "manifest.json");
        var text = File.ReadAllText(Support.Models.Manifest);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace(right, wrong, StringComparison.Ordinal));
        AssertNotPrepared(manifest);
    }

    [Fact]
    public void Load_ManifestNamesAnUnknownTensor_IsRefusedWithOneLineThatNamesTheFile()
    {
        CopyModels();
        var manifest = Path.Combine(_folder, "manifest.json");
        File.WriteAllText(
            manifest, File.ReadAllText(manifest).Replace("\"points\": \"output\"", "\"points\": \"nothing\"", StringComparison.Ordinal));
        AssertRefused("fr_landmark.onnx");
    }

    [Theory]
    [InlineData("\"NHWC\"", "\"HWCN\"")]
    [InlineData("\"GREY\"", "\"YUV\"")]
    [InlineData("[103.939, 116.779, 123.68]", "[1, 2]")]
    [InlineData("\"width\": 320", "\"width\": 0")]
    public void Load_ManifestDescribesAnImpossibleInput_IsRefusedWithOneLineThatNamesIt(string right, string wrong)
    {
        var manifest = Path.Combine(_folder, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(Support.Models.Manifest).Replace(right, wrong, StringComparison.Ordinal));
        AssertRefused(manifest);
    }

    [Fact]
    public void Load_NoHead_EstimatesWithTheBackboneAlone()
    {
        CopyModels();
        var manifest = Path.Combine(_folder, "manifest.json");
        var text = File.ReadAllText(manifest);
        var from = text.LastIndexOf('{', text.IndexOf("\"ageGenderHead\"", StringComparison.Ordinal));
        var to = text.LastIndexOf('{', text.IndexOf("\"role\": \"embedder\"", StringComparison.Ordinal));
        File.WriteAllText(manifest, text[..from] + text[to..]);

        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = _folder });

        Assert.DoesNotContain("facead_head", chain.ModelVersion, StringComparison.Ordinal);
        Assert.Equal(100, chain.AgeCount);
    }

    [Fact]
    public void Load_WithoutHeadByOption_LeavesItOut()
    {
        using var with = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder });
        using var without = new FaceChain(new FaceChainOptions { ModelFolder = Support.Models.Folder, Head = false });

        Assert.Contains("facead_head", with.ModelVersion, StringComparison.Ordinal);
        Assert.DoesNotContain("facead_head", without.ModelVersion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"embedding\": \"embedding\" },", "\"mood\": \"embedding\" },", "mood")]
    [InlineData("\"feature\": \"feature\"", "\"feature\": \"embedding\"", "512")]
    [InlineData("\"features\": { \"feature\": \"feature\", \"age\": \"age\", \"male\": \"male\", \"embedding\": \"embedding\" }",
        "\"features\": {}", "features")]
    public void Load_HeadThatDoesNotFit_IsRefusedWithOneLineThatSaysWhy(string right, string wrong, string says)
    {
        CopyModels();
        var manifest = Path.Combine(_folder, "manifest.json");
        var text = File.ReadAllText(manifest);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace(right, wrong, StringComparison.Ordinal));
        AssertRefused(says);
    }

    [Fact]
    public void Prepare_Twice_WritesTheHashOfTheManifestAndThenLeavesItAlone()
    {
        List<string> first = [], second = [];
        new ModelPreparation(Support.Models.Manifest, Support.Models.NodeModules, _folder).Run(first.Add);
        new ModelPreparation(Support.Models.Manifest, Support.Models.NodeModules, _folder).Run(second.Add);

        // The conversion of faceres is compared with the manifest's hash: other bytes would have thrown.
        Assert.Contains(first, line => line.StartsWith("faceres 3.3.6: prepared", StringComparison.Ordinal));
        Assert.All(second, line => Assert.EndsWith(": ready", line, StringComparison.Ordinal));
        Assert.Equal(["facead_head.onnx", "faceres.onnx", "fr_detect.onnx", "fr_feature.onnx", "fr_landmark.onnx", "manifest.json"],
            Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Prepare_SourceChanged_SaysWhichFile()
    {
        var manifest = Path.Combine(_folder, "other.json");
        File.WriteAllText(
            manifest, File.ReadAllText(Support.Models.Manifest).Replace("2c7d2d62b76c", "000000000000", StringComparison.Ordinal));

        var e = Assert.Throws<ModelPreparationException>(() =>
            new ModelPreparation(manifest, Support.Models.NodeModules, Path.Combine(_folder, "out")).Run(_ => { }));

        Assert.Contains("faceres.bin", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OwnModelBesideTheManifest_ReplacesOurs()
    {
        File.Copy(Path.Combine(Support.Models.NodeModules, "faceplugin-face-recognition-js", "model", "fr_landmark.onnx"),
            Path.Combine(_folder, "licensed.onnx"));
        File.Copy(Path.Combine(Support.Models.Folder, "facead_head.onnx"), Path.Combine(_folder, "facead_head.onnx"));
        var manifest = Path.Combine(_folder, "own.json");
        var text = File.ReadAllText(Support.Models.Manifest);
        var at = text.IndexOf("\"name\": \"fr_landmark\"", StringComparison.Ordinal);
        // Only the entry of the landmark model loses its package.
        var end = text.IndexOf("\"role\": \"ageGender\"", StringComparison.Ordinal) - at;
        var entry = text[at..(at + end)].Replace("\"package\": \"faceplugin-face-recognition-js\",", "", StringComparison.Ordinal)
            .Replace("model/fr_landmark.onnx", "licensed.onnx", StringComparison.Ordinal)
            .Replace("\"file\": \"fr_landmark.onnx\"", "\"file\": \"licensed.onnx\"", StringComparison.Ordinal);
        File.WriteAllText(manifest, text[..at] + entry + text[(at + end)..]);

        new ModelPreparation(manifest, Support.Models.NodeModules, Path.Combine(_folder, "out")).Run(_ => { });
        using var chain = new FaceChain(new FaceChainOptions { ModelFolder = Path.Combine(_folder, "out") });

        Assert.True(File.Exists(Path.Combine(_folder, "out", "licensed.onnx")));
        Assert.False(File.Exists(Path.Combine(_folder, "out", "fr_landmark.onnx")));
    }

    [Fact]
    public async Task Runtime_FreshHome_LeavesNoTelemetryBehind()
    {
        var (code, output, errors) = await Support.Programs.RunAsync(
            "dotnet",
            [typeof(FaceAd.Bench.Repository).Assembly.Location, "pipeline", "--frames", "1", "--footage", "10", "--models",
                Support.Models.Folder],
            variables: new Dictionary<string, string?>
            {
                ["HOME"] = _folder,
                ["DOTNET_CLI_HOME"] = _folder,
                ["ORT_DISABLE_TELEMETRY"] = null,
                ["XDG_CACHE_HOME"] = null
            });

        Assert.True(code == 0, errors);
        Assert.Contains("faces a frame                 2.00", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, ".cache", "Microsoft")), "ONNX Runtime wrote its telemetry folder.");
    }

    void AssertRefused(string names)
    {
        var e = Assert.Throws<ModelFileException>(() => new FaceChain(new FaceChainOptions { ModelFolder = _folder }));
        Assert.Contains(names, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    void AssertNotPrepared(string manifest)
    {
        var e = Assert.Throws<ModelPreparationException>(() =>
            new ModelPreparation(manifest, Support.Models.NodeModules, Path.Combine(_folder, "out")).Run(_ => { }));
        Assert.StartsWith($"{manifest} cannot be read: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder, "out")));
    }

    void CopyModels()
    {
        foreach (var file in Directory.GetFiles(Support.Models.Folder)) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }
}
