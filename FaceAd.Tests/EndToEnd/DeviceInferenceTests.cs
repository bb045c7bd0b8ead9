using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Player;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Network;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// Device inference on real input: footage, the real models in a real player, the real server and database; and in between a
/// proxy on plaintext loopback that keeps every byte the player sends.
/// </summary>
[Collection(nameof(Alone))]
public sealed class DeviceInferenceTests(DeviceInferenceFixture app) : IClassFixture<DeviceInferenceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Device_RidersComeAndGo_TheLoopRunsAndOnlyEstimatesLeaveTheCabin()
    {
        var screen = await app.RegisterAsync(InferenceMode.Device);
        await using var proxy = new RecordingProxy(app.Address);
        await using (var player = await app.StartPlayerAsync(proxy.Address, screen.Token, browser: "headless", app.Footage))
        {
            await UntilAsync(async () =>
            {
                await using var db = app.NewContext();
                var plays = await db.Plays.Where(p => p.ScreenId == screen.Id && p.CampaignId == app.Women.Id).Select(p => p.Id)
                    .ToListAsync();
                return await db.Exposures.AnyAsync(e => plays.Contains(e.PlayId))
                    && await db.Audiences.AnyAsync(a => a.ScreenId == screen.Id && a.State == AudienceState.Closed);
            }, "a targeted play is proved and counted, and the riders have gone");
            await player.StopAsync();
        }

        await using (var db = app.NewContext())
        {
            var decision = await db.Decisions.AsNoTracking().FirstAsync(d => d.ScreenId == screen.Id && d.CampaignId == app.Women.Id);
            Assert.Equal(DecisionReason.Targeted, decision.Reason);
            var audience = await db.Audiences.AsNoTracking().OrderBy(a => a.OpenedAt).FirstAsync(a => a.ScreenId == screen.Id);
            var presences = await db.Presences.AsNoTracking().Where(p => p.AudienceId == audience.Id).ToListAsync();
            Assert.Equal([Segment.Women2030, Segment.Women2030], presences.Select(s => s.Segment));
            Assert.Equal(2, presences.Select(s => s.PersonId).OfType<Guid>().Distinct().Count());
        }
        var sent = proxy.Sent();
        Assert.All(sent, AllowedMessages.Check);
        Assert.Contains(sent, m => m.Path == Routes.Audiences);
        Assert.Contains(sent, m => m.Path == Routes.Plays);
        Assert.Contains(sent, m => m.Text.Contains("\"target\":\"Beat\"", StringComparison.Ordinal));
        Assert.Contains(sent, m => m.Path == Routes.Audiences && AllowedMessages.Report(m).Presences.Any(p => p.Views.Count > 0));
    }

    [Fact]
    public async Task Mode_SwitchedWhileThePlayerRuns_FramesStopAndStartAndNoRideBecomesTwoAudiences()
    {
        var screen = await app.RegisterAsync(InferenceMode.Server);
        await using var proxy = new RecordingProxy(app.Address);
        await using var player = await app.StartPlayerAsync(proxy.Address, screen.Token, browser: "none", app.Cabin.Source);
        var status = player.Services.GetRequiredService<PlayerStatus>();
        await using var db = app.NewContext();
        var audiences = db.Audiences.AsNoTracking().Where(a => a.ScreenId == screen.Id).OrderBy(a => a.OpenedAt);
        int Frames() => proxy.Sent().Count(m => m.Path == Routes.Frames);
        List<AudienceReport> Reports() => [.. proxy.Sent().Where(m => m.Path == Routes.Audiences).Select(AllowedMessages.Report)];
        Task ModeAsync(InferenceMode mode) => UntilAsync(
            () => Task.FromResult(status.Analysis == new PlayerStatus.AnalysisFacts(mode, null)), $"the player has changed over to {mode}");

        // A rider is in view when the administrator switches: the server counts her to her end.
        app.Cabin.Enter("ride");
        await UntilAsync(() => audiences.AnyAsync(), "the server sees the first rider");
        await app.Registry.SetModeAsync(screen.Id, InferenceMode.Device);
        await ModeAsync(InferenceMode.Device);
        var frames = Frames();
        Assert.Empty(Reports());

        app.Cabin.Enter("ride");
        await UntilAsync(() => Task.FromResult(Reports().Any(r => r.State == AudienceState.Closed)), "the player has told of a whole ride");
        Assert.Equal(frames, Frames());

        await app.Registry.SetModeAsync(screen.Id, InferenceMode.Server);
        await ModeAsync(InferenceMode.Server);
        var reports = Reports();
        app.Cabin.Enter("ride");
        await UntilAsync(async () => await audiences.CountAsync() > 2 && await audiences.AllAsync(a => a.State == AudienceState.Closed),
            "the server has seen a whole ride again");
        await player.StopAsync();

        // By the server, then by the player, then by the server again; no ride became two audiences.
        Assert.True(Frames() > frames);
        Assert.Equal(reports.Count, Reports().Count);
        var rides = await audiences.ToListAsync();
        Assert.Equal([false, true, false], rides.Select(a => reports.Any(r => r.AudienceId == a.Id)));
        foreach (var ride in rides)
        {
            var presence = Assert.Single(await db.Presences.AsNoTracking().Where(p => p.AudienceId == ride.Id).ToListAsync());
            Assert.InRange((presence.To - presence.From).TotalSeconds, 2, 4.5);
            Assert.NotNull(presence.PersonId);
        }
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what) => Wait.UntilAsync(condition, what, Patience);
}
