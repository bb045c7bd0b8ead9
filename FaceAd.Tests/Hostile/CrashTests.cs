using FaceAd.Bench.Crash;
using FaceAd.Tests.Support;
using Xunit.Abstractions;

namespace FaceAd.Tests.Hostile;

/// <summary>Web server and PostgreSQL are killed at random moments while two players report.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Cycles = 5; // ./bench crash does thousands

    [Fact]
    public async Task Kill_ServerAndDatabaseAtRandomMoments_EveryAcknowledgedFactIsThereOnceAndEveryCountEqualsARecount()
    {
        var report = await CrashRun.RunAsync(
            new CrashOptions(Cycles, 7, TestFolders.New("crash"), Support.Models.NodeModules, Support.Models.Folder, FactsHeard: 80),
            output.WriteLine, CancellationToken.None);
        Assert.Empty(report.Faults);
        Assert.True(report is { Plays: > 50, Reports: > 200, Exposures: > 50 }, $"Too little happened to show anything: {report}");
        Assert.Equal(Cycles, report.Harm.Values.Sum());
    }
}
