using FaceAd.Bench.Crash;
using FaceAd.Tests.Support;
using Xunit.Abstractions;

namespace FaceAd.Tests.Hostile;

/// <summary>Web server and PostgreSQL are killed at random moments while two players report.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    // With this seed a serving web server is killed alone twice, PostgreSQL once, and both once; PostgreSQL once while the server starts.
    private const int Cycles = 5, Seed = 8; // ./bench crash does thousands

    [Fact]
    public async Task Kill_ServerAndDatabaseAtRandomMoments_EveryAcknowledgedFactIsThereOnceAndEveryCountEqualsARecount()
    {
        var report = await CrashRun.RunAsync(
            new CrashOptions(Cycles, Seed, TestFolders.New("crash"), Support.Models.NodeModules, Support.Models.Folder, FactsHeard: 80),
            output.WriteLine, CancellationToken.None);
        Assert.Empty(report.Faults);
        Assert.True(report is { Plays: > 50, Reports: > 200, Exposures: > 50 }, $"Too little happened to show anything: {report}");
        Assert.Equal([(CrashFault.Web, 2), (CrashFault.Postgres, 2), (CrashFault.Both, 1)], report.Harm.Select(h => (h.Key, h.Value)));
    }
}
