using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Operations;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Operations;

/// <summary>What a day of screens leaves in the log: no line for each frame, decision, command or play, unless it is asked for.</summary>
public sealed class LogTests(LogTests.DebugOfPlays app) : IClassFixture<LogTests.DebugOfPlays>
{
    [Fact]
    public async Task Log_OfADecisionAndAPlay_HasTheirLinesOnlyWhereTheirCategoryIsAtDebug()
    {
        using var device = new DeviceClient(app, app.Device.Token);
        await using var screen = await ScreenConnection.OpenAsync(app, app.Device.Token);
        var entry = app.Services.GetRequiredService<ScreenDirectory>().Find(app.Device.Screen.Id)!;
        var now = TimeProvider.System.GetUtcNow();
        app.Services.GetRequiredService<LiveAudiences>().Update(
            entry, Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now, now)));
        var command = await Wait.NextAsync(screen.Commands.Reader);
        var play = Guid.NewGuid();
        PlayReport[] plays =
        [
            new()
            {
                PlayId = play,
                DecisionId = command.DecisionId,
                CreativeId = app.Creative.Id,
                StartedAt = now.AddSeconds(-20),
                EndedAt = now.AddSeconds(-10),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 250,
            },
        ];
        Assert.True((await device.SendPlaysAsync(plays)).IsSuccessStatusCode);

        Assert.Contains(app.Complaints, line => line.Contains($"Screen {app.Device.Screen.Id} connected", StringComparison.Ordinal));
        Assert.Contains(app.Complaints, line => line.Contains($"Play {play} on screen", StringComparison.Ordinal)); // asked for
        Assert.DoesNotContain(app.Complaints, line => line.Contains($"{command.DecisionId}", StringComparison.Ordinal));

        // In their place: how many there were.
        var work = app.Services.GetServices<IHostedService>().OfType<WorkLog>().Single();
        work.RunCycle();
        var sum = app.Complaints.Last(line => line.Contains("In the last ten minutes", StringComparison.Ordinal));
        Assert.Contains("1 decisions, 1 commands sent, 1 plays committed", sum);
        work.RunCycle();
        sum = app.Complaints.Last(line => line.Contains("In the last ten minutes", StringComparison.Ordinal));
        Assert.Contains("0 decisions, 0 commands sent, 0 plays committed", sum);
    }

    public sealed class DebugOfPlays() : SiteFixture(LogLevel.Debug)
    {
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string> { ["Logging:LogLevel:FaceAd.Web.Plays"] = "Debug" };
    }
}
