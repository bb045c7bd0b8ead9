using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Decisions;

/// <summary>A report and a decision are queued before anything reacts to them: a fault in a reaction loses neither.</summary>
public sealed class FactsFirstTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Report_EveryReactionFails_IsAnsweredAndWritten()
    {
        var now = TimeProvider.System.GetUtcNow();
        var report = Sample.Report(
            Guid.NewGuid(), 1, now.AddSeconds(-1), now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now.AddSeconds(-1), now, 1));
        using var failing = app.Services.GetRequiredService<LiveAudiences>().Changed.Add(_ =>
            throw new InvalidOperationException("A reaction failed."));
        using var client = new DeviceClient(app, app.Device.Token);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(Routes.Audiences, report)).StatusCode);
        await using var db = app.NewContext();
        Assert.Equal(1, await db.Audiences.CountAsync(a => a.Id == report.AudienceId));
    }

    [Fact]
    public async Task Decision_ItsPushFails_IsQueuedBeforeAndWritten()
    {
        var engine = app.Services.GetRequiredService<DecisionEngine>();
        var pushed = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var failing = engine.Pushed.Add(made =>
        {
            if (made.Screen.Id != app.Server.Screen.Id) return;
            pushed.TrySetResult(made.Decision.Id);
            throw new InvalidOperationException("The push failed.");
        });
        var now = TimeProvider.System.GetUtcNow();
        var screen = app.Services.GetRequiredService<FaceAd.Web.Screens.ScreenDirectory>().Find(app.Server.Screen.Id)!;
        await app.Services.GetRequiredService<FaceAd.Web.Frames.ReportQueue>().AddAsync(
            screen, Sample.Report(Guid.NewGuid(), 1, now.AddSeconds(-1), now, AudienceState.Open,
                Sample.Viewer(Segment.Men2030, now.AddSeconds(-1), now, 1)));
        var decision = await pushed.Task.WaitAsync(Wait.Limit);
        await using var db = app.NewContext();
        await Wait.UntilAsync(() => db.Decisions.AnyAsync(d => d.Id == decision), "the decision is written");
    }
}
