using FaceAd.Tests.Support;
using FaceAd.Web.Hosting;

namespace FaceAd.Tests.Hosting;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task RunAsync_ProgramEnds_GivesItsCodeAndBothOutputs()
    {
        var result = await ChildProcess.RunAsync("sh", ["-c", "echo said; echo complained >&2; exit 3"], Minute, default);
        Assert.Equal(new ChildResult(3, "said\n", "complained\n", false), result);
    }

    [Fact]
    public async Task RunAsync_MuchOutput_IsReadToItsEndAndKeptUpToAMegabyte()
    {
        var result = await ChildProcess.RunAsync("sh", ["-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo done >&2"], Minute, default);
        Assert.Equal((0, 1024 * 1024, "done\n"), (result.Code, result.Output.Length, result.Error));
    }

    [Fact]
    public async Task RunAsync_OurEnvironment_IsNotPassedOn()
    {
        List<string> lines = [];
        await ChildProcess.RunAsync("env", [], Minute, default, lines.Add);
        Assert.Equal(["LC_ALL", "PATH"], lines.Select(line => line.Split('=')[0]).Order());
    }

    [Fact]
    public async Task RunAsync_PastItsLimit_IsKilledWithItsChildren()
    {
        var child = "";
        var result = await ChildProcess.RunAsync("sh", ["-c", "sleep 100 & echo $!; wait"], TimeSpan.FromSeconds(1), default, line =>
            child = line);
        Assert.True(result is { TimedOut: true, Exhausted: true });
        await Wait.UntilAsync(() => !IsRunning(child), "the child has ended");
    }

    [Fact]
    public async Task RunAsync_ProcessorTimeIsUsedUp_IsExhausted()
    {
        // As prlimit sets it: one limit, soft and hard.
        var result = await ChildProcess.RunAsync("sh", ["-c", "ulimit -t 1; while :; do :; done"], Minute, default);
        Assert.True(result is { TimedOut: false, Exhausted: true }, $"{result}");
    }

    [Fact]
    public async Task RunAsync_Cancelled_Throws()
    {
        using var end = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ChildProcess.RunAsync("sh", ["-c", "echo begun; sleep 100"], Minute, end.Token, _ => end.Cancel()));
    }

    // A process that has ended may be listed until its parent has asked for its code.
    private static bool IsRunning(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
