using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Cabins;
using FaceAd.Bench.Evaluation;
using FaceAd.Demo;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench.Cabins;

public sealed class CabinsCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-cabins-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Cabins_PortraitsTwice_AreRecognisedAgainAndStrangersAreNot()
    {
        var (known, strangers) = (Directory.CreateDirectory(Path.Combine(_folder, "known")).FullName,
            Directory.CreateDirectory(Path.Combine(_folder, "strangers")).FullName);
        foreach (var number in new[] { 159, 168, 240 })
        {
            await CopyAsync(number, Path.Combine(known, $"person_{number}_1.jpg"), "scale=256:256");
            await CopyAsync(number, Path.Combine(known, $"person_{number}_2.jpg"), "scale=200:200,eq=brightness=0.08");
        }
        foreach (var number in new[] { 60, 210, 13 }) await CopyAsync(number, Path.Combine(strangers, $"{number}.jpg"), "scale=256:256");
        await File.WriteAllBytesAsync(Path.Combine(strangers, "nobody.jpg"), await Pictures.NoFaceAsync());
        var labels = Path.Combine(_folder, "labels.csv");
        await File.WriteAllTextAsync(labels, "file,age,gender\n60.jpg,30,M\n210.jpg,50,F\n13.jpg,3,M\nnobody.jpg,20,F\n");
        string[] arguments =
        [
            "--images", known, "--strangers", strangers, "--labels", labels, "--persons", "1", "2", "3", "--simulations", "2",
            "--frames", "2",
            "--models", Support.Models.Folder,
        ];

        var (code, table, errors) = await RunAsync(arguments);
        Assert.True(code == 0, errors);
        Assert.Contains("6 pictures of 3 identities (3 with several), 4 of strangers; no face in 0 and 1", table, StringComparison.Ordinal);

        (_, var json, _) = await RunAsync([.. arguments, "--json"]);
        var report = JsonDocument.Parse(json).RootElement;
        Assert.Equal(
            ["models", "simulations", "pictures", "withoutFace", "identities", "rows"], report.EnumerateObject().Select(p => p.Name));
        var rows = report.GetProperty("rows").EnumerateArray().ToList();
        JsonElement Row(string riders, int persons) =>
            rows.Single(r => r.GetProperty("riders").GetString()!.StartsWith(riders, StringComparison.Ordinal)
                && r.GetProperty("persons").GetInt32() == persons);
        double? Mean(JsonElement row, string figure) =>
            row.GetProperty(figure).GetProperty("mean") is { ValueKind: JsonValueKind.Number } mean ? mean.GetDouble() : null;
        Assert.Equal(
            (1.0, 0.0, 6.0),
            (Mean(Row("identities", 3), "f"), Mean(Row("identities", 3), "countError"), Mean(Row("identities", 3), "rides")));
        Assert.Equal(
            (null, 0.0), (Mean(Row("strangers alone (adults", 2), "precision"), Mean(Row("strangers alone (adults", 2), "countError")));
        Assert.Equal(1, Mean(Row("children alone, as the product does", 1), "withoutPerson"));
        Assert.Equal(0, Mean(Row("children alone, if they were merged", 1), "withoutPerson"));
        Assert.DoesNotContain(rows, r => r.GetProperty("riders").GetString() == "strangers alone, women"
            && r.GetProperty("persons").GetInt32() > 1);
    }

    [Fact]
    public async Task RecordAsync_SameSeed_GivesTheSameRideOfOnePresenceWithViews()
    {
        var path = Path.Combine(_folder, "Anna_Kim_0001.jpg");
        await CopyAsync(168, path, "scale=256:256");

        var first = await Ride.RecordAsync(Support.Models.Chain, path, 3, seed: 7, default);
        var again = await Ride.RecordAsync(Support.Models.Chain, path, 3, seed: 7, default);
        var other = await Ride.RecordAsync(Support.Models.Chain, path, 3, seed: 8, default);

        Assert.Equal("Anna_Kim", first!.Identity);
        Assert.Equal(3, first.Views.Count());
        Assert.Equal(first.Views, again!.Views);
        Assert.Equal(first.PresenceId, again.PresenceId);
        Assert.NotEqual(first.Views, other!.Views);
        Assert.NotEqual(FaceAd.Core.AudienceState.Open, first.Reports[^1].State);
    }

    [Fact]
    public async Task Draw_View_ShowsTheFaceAsLargeAsAsked()
    {
        var picture = await FaceAd.Bench.PictureFile.ReadAsync(
            Path.Combine(MediaCommand.PortraitFolder(Support.Models.NodeModules), "168.png"), default);
        using var frame = Support.Models.Chain.Rent();
        Support.Models.Chain.Find(picture, frame);
        var face = Subject();
        var view = new CabinView(FaceSide: 100, ShiftX: 0.1, ShiftY: 0, Degrees: 0, Blur: 0.5, Gain: 0.9, Noise: 2, Quality: 80);
        using var encoder = new JpegEncoder();

        Support.Models.Chain.Find(encoder.Encode(view.Draw(picture, face, new Random(1)), view.Quality), frame);

        var seen = Subject();
        Assert.InRange(seen.LongerSide, 88, 112);
        Assert.InRange(seen.CentreX, 144 + 10 - 8, 144 + 10 + 8);
        Assert.InRange(seen.CentreY, 144 - 8, 144 + 8);

        FaceBox Subject() => frame.Faces[SubjectFace.Find(frame.Faces, frame.Width, frame.Height)].Box;
    }

    [Fact]
    public async Task Cabins_FolderMissingOrEmpty_IsOneLine()
    {
        var (code, _, errors) = await RunAsync("--images", Path.Combine(_folder, "none"), "--models", Support.Models.Folder);
        Assert.Equal(1, code);
        Assert.Contains("does not exist", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        (code, _, errors) = await RunAsync("--images", _folder, "--models", Support.Models.Folder);
        Assert.Equal(1, code);
        Assert.Contains("has no pictures", errors, StringComparison.Ordinal);
    }

    static async Task CopyAsync(int number, string path, string filter) =>
        await File.WriteAllBytesAsync(path, await FaceAd.Bench.Ffmpeg.RunAsync(
            ["-i", Path.Combine(MediaCommand.PortraitFolder(Support.Models.NodeModules), $"{number}.png"), "-vf", filter, "-q:v", "3",
                "-f", "mjpeg", "-"], default));

    static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await CabinsCommand.Create().Parse(arguments).InvokeAsync(configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }
}
