using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Detection;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench.Detection;

public sealed class DetectCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-detect-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Detect_PicturesWithKnownFaces_PrintsTheFiguresAsTableAndJson()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "two.jpg"), await Pictures.TwoFacesAsync());
        await File.WriteAllBytesAsync(Path.Combine(_folder, "broken.jpg"), [1, 2, 3]);
        // The faces of two.jpg by eye; one that is not there; one that is not to count. Rows end early, as WIDER's flags often do.
        var boxes = Boxes(
            "file,x,y,width,height,blur,occlusion,pose,invalid",
            "two.jpg,337,248,105,140,0,0,1,0", "two.jpg,828,300,84,110", "two.jpg,10,10,60,60", "two.jpg,500,10,60,60,0,0,0,1",
            "broken.jpg,5,5,90,100");

        var (code, table, errors) = await RunAsync(
            "--images", _folder, "--boxes", boxes, "--models", Support.Models.Folder, "--portraits", _folder);
        Assert.True(code == 0, errors);
        Assert.Contains("2 pictures, 4 faces of 20 px and more, unreadable 1; mode full", table, StringComparison.Ordinal);
        Assert.Contains("portraits with a face found: 0.500", table, StringComparison.Ordinal);

        (code, var json, errors) = await RunAsync(
            "--images", _folder, "--boxes", boxes, "--models", Support.Models.Folder, "--mode", "tiles", "--looks", "0", "--json");
        Assert.True(code == 0, errors);
        var report = JsonDocument.Parse(json).RootElement;
        Assert.Equal(
            ["mode", "pictures", "unreadable", "faces", "sizes", "oddPose", "sweep", "portraits", "millisecondsPerPicture",
                "detectorRunsPerPicture"],
            report.EnumerateObject().Select(p => p.Name));
        Assert.Equal(5, report.GetProperty("detectorRunsPerPicture").GetDouble());
        Assert.Equal(1, report.GetProperty("oddPose").GetProperty("value").GetDouble());
        var large = report.GetProperty("sizes")[3];
        Assert.Equal(
            (">= 80 px", 1.0), (large.GetProperty("name").GetString(), large.GetProperty("precision").GetProperty("value").GetDouble()));
        Assert.Equal(2 / 3.0, large.GetProperty("recall").GetProperty("value").GetDouble(), 6);
        Assert.Equal(0, report.GetProperty("sizes")[2].GetProperty("recall").GetProperty("value").GetDouble());
    }

    [Theory]
    [InlineData("file,x,y,width\na.jpg,1,2,3", "\"height\" is missing")]
    [InlineData("file,x,y,width,height\na.jpg,1,2,three,4", "width \"three\" is not a number of pixels")]
    [InlineData("file,x,y,width,height\na.jpg,1,2,3,-4", "must not be negative")]
    [InlineData("file,x,y,width,height,invalid\na.jpg,1,2,3,4,yes", "invalid \"yes\" is neither 0 nor 1")]
    [InlineData("file,x,y,width,height", "has no rows")]
    [InlineData("file,x,y,width,height\nnone.jpg,1,2,30,40", "none.jpg does not exist")]
    public async Task Detect_BadBoxes_IsOneClearLine(string csv, string expected)
    {
        var (code, output, errors) = await RunAsync("--images", _folder, "--boxes", Boxes(csv), "--models", Support.Models.Folder);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    string Boxes(params string[] lines)
    {
        var path = Path.Combine(_folder, "boxes.csv");
        File.WriteAllLines(path, lines);
        return path;
    }

    static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await DetectCommand.Create().Parse(arguments).InvokeAsync(configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }
}
