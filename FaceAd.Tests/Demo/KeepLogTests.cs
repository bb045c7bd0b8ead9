using System.Diagnostics;
using System.Globalization;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Demo;

/// <summary>The log files of <c>./run</c>: bounded in size and age, and a start keeps what earlier starts said.</summary>
public sealed class KeepLogTests
{
    private const int Most = 1000;
    private readonly string _folder = TestFolders.New("logs");

    private string Log => Path.Combine(_folder, "web.log");

    private static string Program => Path.Combine(FaceAd.Bench.Repository.Root, ".build", "keep-log");

    [Fact]
    public async Task KeepLog_MoreThanTheFilesHold_KeepsTheNewestLinesWithoutAGap()
    {
        const int lines = 5000;
        using (var keeper = Start())
        {
            for (var i = 1; i <= lines; i++) await keeper.StandardInput.WriteLineAsync(i.ToString(CultureInfo.InvariantCulture));
            await EndAsync(keeper);
        }

        var files = Directory.GetFiles(_folder);
        Assert.Equal(10, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, Most + 10)); // the last line may go beyond
        var kept = Enumerable.Range(1, 9).Select(n => $"{Log}.{n}").Reverse().Append(Log).SelectMany(File.ReadLines)
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(lines - kept.Count + 1, kept.Count), kept);
    }

    [Fact]
    public async Task KeepLog_AnotherStart_KeepsWhatTheLastOneSaidAndForgetsWhatIsOld()
    {
        await SayAsync("first");
        await SayAsync("second");
        File.SetLastWriteTimeUtc($"{Log}.1", TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-31));
        await SayAsync("third");

        Assert.Equal("third\n", await File.ReadAllTextAsync(Log));
        Assert.Equal("second\n", await File.ReadAllTextAsync($"{Log}.1"));
        Assert.False(File.Exists($"{Log}.2"));
    }

    [Fact]
    public async Task KeepLog_ProgramStillRuns_ShowsEachLineAtOnceAndOutlivesTheSignalsOfAStop()
    {
        using var keeper = Start();
        await keeper.StandardInput.WriteAsync("one\n");
        await keeper.StandardInput.FlushAsync();
        await Wait.UntilAsync(() => File.Exists(Log) && File.ReadAllText(Log) == "one\n", "the line is in the file");
        var (code, _, errors) = await Programs.RunAsync("kill", ["-s", "INT", $"{keeper.Id}"]);
        Assert.Equal((0, ""), (code, errors));
        await keeper.StandardInput.WriteAsync("last words\n");
        await EndAsync(keeper);
        Assert.Equal("one\nlast words\n", await File.ReadAllTextAsync(Log));
    }

    private async Task SayAsync(string line)
    {
        using var keeper = Start();
        await keeper.StandardInput.WriteAsync(line + "\n");
        await EndAsync(keeper);
    }

    private Process Start() => Process.Start(
        new ProcessStartInfo(Program, [Log, Most.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardInput = true, RedirectStandardError = true })!;

    private static async Task EndAsync(Process keeper)
    {
        keeper.StandardInput.Close();
        using var patience = new CancellationTokenSource(Wait.Limit);
        Assert.Equal("", await keeper.StandardError.ReadToEndAsync(patience.Token));
        await keeper.WaitForExitAsync(patience.Token);
        Assert.Equal(0, keeper.ExitCode);
    }
}
