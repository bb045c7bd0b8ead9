using System.CommandLine;
using System.Text.Json;
using FaceAd.Bench.Evaluation;
using FaceAd.Demo;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Bench.Evaluation;

public sealed class EvaluateCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-evaluate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Evaluate_LabelledPortraits_PrintsTheFiguresAsTableAndJson()
    {
        (string Number, int Age, string Gender)[] portraits =
        [
            ("13", 3, "M"), ("146", 5, "F"), ("168", 25, "F"), ("159", 28, "M"), ("52", 30, "F"), ("210", 48, "F"), ("240", 50, "M"),
            ("202", 75, "M"),
        ];
        List<string> rows = ["gender, AGE ,file,remark"];
        foreach (var (number, age, gender) in portraits)
        {
            File.Copy(Path.Combine(MediaCommand.PortraitFolder(Support.Models.NodeModules), number + ".png"),
                Path.Combine(_folder, number + ".png"));
            rows.Add($"{gender}, {age},{number}.png,drawn");
        }
        await File.WriteAllBytesAsync(Path.Combine(_folder, "nobody.jpg"), await Pictures.NoFaceAsync());
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.jpg"), "no picture");
        rows.AddRange(["F,30,nobody.jpg", "M,12,\"broken.jpg\",\"a remark, with a comma\""]);
        var labels = Labels([.. rows]);

        var (code, table, progress) = await RunAsync("--images", _folder, "--labels", labels, "--models", Support.Models.Folder);
        Assert.True(code == 0, progress);
        Assert.Contains("10/10 pictures", progress, StringComparison.Ordinal);
        Assert.Contains("10 pictures (all), faces not found in 2", table, StringComparison.Ordinal);
        Assert.Contains("Six segments", table, StringComparison.Ordinal);

        (code, var json, _) = await RunAsync(
            "--images", _folder, "--labels", labels, "--json", "--workers", "1", "--models", Support.Models.Folder);
        Assert.Equal(0, code);
        var report = JsonDocument.Parse(json).RootElement;
        Assert.Equal(["models", "part", "unreadable", "scores"], report.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, report.GetProperty("unreadable").GetInt32());
        var scores = report.GetProperty("scores");
        Assert.Equal(
            ["pictures", "notFound", "bandsA", "bandsB", "segments", "gender", "genderNotFoundWrong", "genderAt20To59",
                "meanAbsoluteError"],
            scores.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["pictures", "notFound", "accuracy", "accuracyNotFoundWrong", "balancedAccuracy", "lowestRecall", "calibrationError",
                "classes", "confusion", "coverage"],
            scores.GetProperty("segments").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["value", "low", "high", "count"], scores.GetProperty("gender").EnumerateObject().Select(p => p.Name));
        Assert.Equal((10, 2), (scores.GetProperty("pictures").GetInt32(), scores.GetProperty("notFound").GetInt32()));
        Assert.Equal(
            (9, 1), (scores.GetProperty("bandsA").GetProperty("pictures").GetInt32(), scores.GetProperty("bandsA").GetProperty("notFound")
                .GetInt32()));
        // Clear portraits: one mistake of eight is allowed.
        Assert.InRange(scores.GetProperty("bandsA").GetProperty("accuracy").GetProperty("value").GetDouble(), 0.87, 1);
        Assert.InRange(scores.GetProperty("genderAt20To59").GetProperty("value").GetDouble(), 0.8, 1);
    }

    [Fact]
    public async Task Evaluate_OnePart_TakesItsPicturesOnly()
    {
        // Of 0.jpg .. 7.jpg, 4, 6 and 7 are held out by the hash of their names.
        for (var i = 0; i < 8; i++) await File.WriteAllBytesAsync(Path.Combine(_folder, $"{i}.jpg"), await Pictures.NoFaceAsync());
        var labels = Labels(["file,age,gender", .. Enumerable.Range(0, 8).Select(i => $"{i}.jpg,30,F")]);

        var (_, heldOut, _) = await RunAsync(
            "--images", _folder, "--labels", labels, "--part", "held-out", "--models", Support.Models.Folder);
        var (_, training, _) = await RunAsync(
            "--images", _folder, "--labels", labels, "--part", "training", "--models", Support.Models.Folder);

        Assert.StartsWith("3 pictures (held-out), faces not found in 3", heldOut, StringComparison.Ordinal);
        Assert.StartsWith("5 pictures (training), faces not found in 5", training, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has no rows")]
    [InlineData("file,age,gender\n", "has no rows")]
    [InlineData("file,age\na.jpg,3\n", "line 1: column \"gender\" is missing")]
    [InlineData("a.jpg,3,M\n", "line 1: column \"file\" and \"age\" and \"gender\" is missing")]
    [InlineData("file,age,gender\na.jpg,old,M\n", "line 2: age \"old\" is not a whole number")]
    [InlineData("file,age,gender\n\na.jpg,-3,M\n", "line 3: age \"-3\" is not a whole number")]
    [InlineData("file,age,gender\na.jpg,121,M\n", "line 2: age \"121\" is not a whole number of years from 0 to 120")]
    [InlineData("file,age,gender\na.jpg,30,X\n", "line 2: gender \"X\" is neither M nor F")]
    [InlineData("file,age,gender\na.jpg\n", "line 2: \"age\" is empty")]
    [InlineData("file,age,gender\n,30,M\n", "line 2: \"file\" is empty")]
    [InlineData("file,age,gender\nnone.jpg,30,M\n", "line 2: the picture none.jpg is not in")]
    [InlineData("file,age,gender\na.jpg,30,M\nb.jpg,3,F\na.jpg,31,M\n", "line 4: \"a.jpg\" stands in line 2 already")]
    [InlineData("file,age,gender\n\"a.jpg,30,M\nb.jpg,31,M\n", "line 2: quotes are out of place")]
    [InlineData("file,age,gender\n\"a\"x.jpg,30,M\n", "line 2: quotes are out of place")]
    public async Task Evaluate_BadLabels_IsOneLineThatNamesTheRowAndWhatToDo(string csv, string expected)
    {
        var (code, output, errors) = await RunAsync(
            "--images", _folder, "--labels", Labels(csv.Split('\n')), "--models", Support.Models.Folder);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Evaluate_VeryLongLineOrBinaryFile_IsOneLine()
    {
        foreach (var content in new[] { "file,age,gender\n\"" + new string('a', 3_000_000), "file,age,gender\n\0\u0001\uffff,\0,\n" })
        {
            var (code, _, errors) = await RunAsync("--images", _folder, "--labels", Labels(content), "--models", Support.Models.Folder);
            Assert.Equal(1, code);
            Assert.Single(errors.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public async Task Evaluate_UnknownPartOrMissingLabels_IsRefused()
    {
        var labels = Labels("file,age,gender", "a.jpg,1,M");
        var (code, _, errors) = await RunAsync("--images", _folder, "--labels", labels, "--part", "test");
        Assert.Equal(1, code);
        Assert.Contains("--part is all, held-out or training", errors, StringComparison.Ordinal);

        (code, _, errors) = await RunAsync("--images", _folder, "--labels", labels + "x");
        Assert.Equal(1, code);
        Assert.Contains("cannot be read", errors, StringComparison.Ordinal);
    }

    string Labels(params string[] lines)
    {
        var path = Path.Combine(_folder, "labels.csv");
        File.WriteAllText(path, string.Join('\n', lines));
        return path;
    }

    static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await EvaluateCommand.Create().Parse(arguments).InvokeAsync(configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }
}
