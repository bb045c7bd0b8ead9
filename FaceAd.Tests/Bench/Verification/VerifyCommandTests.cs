using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Verification;
using FaceAd.Demo;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench.Verification;

public sealed class VerifyCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Verify_PairsOfPortraits_TellsThemApart()
    {
        foreach (var number in new[] { 159, 168, 240 })
        {
            var png = Path.Combine(MediaCommand.PortraitFolder(Support.Models.NodeModules), $"{number}.png");
            File.Copy(png, Path.Combine(_folder, $"{number}.png"));
            // The same portrait, smaller and darker: another picture of one person.
            await File.WriteAllBytesAsync(
                Path.Combine(_folder, $"{number}.jpg"),
                await FaceAd.Bench.Ffmpeg.RunAsync(
                    ["-i", png, "-vf", "scale=180:180,eq=brightness=-0.1", "-q:v", "5", "-f", "mjpeg", "-"], default));
        }
        await File.WriteAllBytesAsync(Path.Combine(_folder, "nobody.jpg"), await Pictures.NoFaceAsync());
        var pairs = Pairs("same,b,a", "1,159.png,159.jpg", "1,168.png,168.jpg", "1,240.png,240.jpg", "0,159.png,168.png",
            "0,168.jpg,240.png", "0,nobody.jpg,240.png");

        var (code, table, errors) = await RunAsync("--images", _folder, "--pairs", pairs, "--models", Support.Models.Folder);
        Assert.True(code == 0, errors);
        Assert.Contains("6 pairs (3 of one person) of 7 pictures; faces not found in 1 pictures, 1 pairs", table, StringComparison.Ordinal);

        (_, var json, _) = await RunAsync("--images", _folder, "--pairs", pairs, "--models", Support.Models.Folder, "--json");
        var report = JsonDocument.Parse(json).RootElement;
        Assert.Equal(["models", "pictures", "picturesNotFound", "scores"], report.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["pairs", "samePairs", "pairsNotFound", "accuracyTenFold", "accuracyTenFoldNotFoundWrong", "product", "best", "atRates",
                "thresholds"],
            report.GetProperty("scores").EnumerateObject().Select(p => p.Name));
        var product = report.GetProperty("scores").GetProperty("product");
        Assert.Equal(["threshold", "trueMatch", "falseMatch", "accuracy"], product.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, product.GetProperty("accuracy").GetProperty("value").GetDouble());
        Assert.Equal(9, report.GetProperty("scores").GetProperty("thresholds").GetArrayLength());
    }

    [Theory]
    [InlineData("", "has no rows")]
    [InlineData("a,b\n1.png,2.png\n", "column \"same\" is missing")]
    [InlineData("a,b,same\nx.png,x.png,yes\n", "line 2: same \"yes\" is neither 1 nor 0")]
    [InlineData("a,b,same\nx.png,x.png,1\n", "line 2: the picture x.png is not in")]
    [InlineData("a,b,same\nx.png,,1\n", "line 2: \"b\" is empty")]
    public async Task Verify_BadPairs_IsOneLineThatNamesTheRow(string csv, string expected)
    {
        var (code, output, errors) = await RunAsync(
            "--images", _folder, "--pairs", Pairs(csv.Split('\n')), "--models", Support.Models.Folder);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    string Pairs(params string[] lines)
    {
        var path = Path.Combine(_folder, "pairs.csv");
        File.WriteAllText(path, string.Join('\n', lines));
        return path;
    }

    static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await VerifyCommand.Create().Parse(arguments).InvokeAsync(configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }
}
