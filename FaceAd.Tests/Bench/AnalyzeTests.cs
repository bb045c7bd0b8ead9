using System.Text.Json;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench;

/// <summary>The program as people start it.</summary>
public sealed class AnalyzeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-analyze-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Analyze_FolderWithABadFile_WritesALineForEachAndGoesOn()
    {
        var pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        var portraits = Path.Combine(Support.Models.NodeModules, "fake-avatars", "avatars");
        await File.WriteAllBytesAsync(Path.Combine(pictures, "a.jpg"), await Pictures.TwoFacesAsync());
        await File.WriteAllTextAsync(Path.Combine(pictures, "b.jpg"), "no picture");
        await File.WriteAllBytesAsync(Path.Combine(pictures, "c.jpg"), []);
        File.Copy(Path.Combine(portraits, "png", "60.png"), Path.Combine(pictures, "d.png"));
        Directory.CreateDirectory(Path.Combine(pictures, "more"));
        File.Copy(Path.Combine(portraits, "webp", "60.webp"), Path.Combine(pictures, "more", "e.webp"));
        await File.WriteAllTextAsync(Path.Combine(pictures, "notes.txt"), "not asked for");

        var output = Path.Combine(_folder, "out.jsonl");
        var (code, errors) = await RunAsync("analyze", pictures, "--out", output, "--embeddings", "--models", Support.Models.Folder);

        Assert.True(code == 0, errors);
        Assert.Contains("5 pictures, 4 faces, 2 could not be read", errors, StringComparison.Ordinal);
        var lines = (await File.ReadAllLinesAsync(output)).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg", "d.png", "more/e.webp"], lines.Select(l => l.GetProperty("file").GetString()));
        Assert.Equal([2, 0, 0, 1, 1], lines.Select(l => l.GetProperty("faces").GetArrayLength()));
        Assert.Equal([false, true, true, false, false], lines.Select(l => l.TryGetProperty("error", out _)));
        Assert.Equal((1280, 720), (lines[0].GetProperty("width").GetInt32(), lines[0].GetProperty("height").GetInt32()));
        foreach (var face in lines.SelectMany(l => l.GetProperty("faces").EnumerateArray()))
        {
            Assert.Equal(["box", "score", "ageYears", "bands", "male", "segment", "embedding"], face.EnumerateObject().Select(p => p.Name));
            Assert.Equal(4, face.GetProperty("box").GetArrayLength());
            Assert.Equal(["kids", "age2030", "age4050", "silver"], face.GetProperty("bands").EnumerateObject().Select(p => p.Name));
            Assert.Equal(1, face.GetProperty("bands").EnumerateObject().Sum(p => p.Value.GetDouble()), 3);
            Assert.Equal(512, face.GetProperty("embedding").GetArrayLength());
        }
        Assert.Equal("Men2030", lines[3].GetProperty("faces")[0].GetProperty("segment").GetString());
    }

    [Fact]
    public async Task Analyze_ModelsMissing_IsOneLineAndAnErrorCode()
    {
        var (code, errors) = await RunAsync(
            "analyze", _folder, "--out", Path.Combine(_folder, "out.jsonl"), "--models", Path.Combine(_folder, "none"));

        Assert.Equal(1, code);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.Contains("manifest.json is missing", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Analyze_PathMissing_IsOneLineAndAnErrorCode()
    {
        var (code, errors) = await RunAsync("analyze", Path.Combine(_folder, "none"), "--out", Path.Combine(_folder, "out.jsonl"));

        Assert.Equal(1, code);
        Assert.Contains("does not exist", errors, StringComparison.Ordinal);
    }

    static async Task<(int Code, string Errors)> RunAsync(params string[] arguments)
    {
        var (code, _, errors) = await Programs.RunAsync("dotnet", [typeof(FaceAd.Bench.Repository).Assembly.Location, .. arguments]);
        return (code, errors);
    }
}
