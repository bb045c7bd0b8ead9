using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Player;
using FaceAd.Player.Outbox;
using FaceAd.Player.Server;
using FaceAd.Tests.EndToEnd.Away;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Tests.Support.Network;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// Device inference on real input: footage, the real models in a real player, the real server and database; and in between a
/// proxy on plaintext loopback that keeps every byte the player sends.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed class DeviceInferenceTests(DeviceInferenceFixture app) : IClassFixture<DeviceInferenceFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Device_RidersComeAndGo_TheLoopRunsAndOnlyEstimatesLeaveTheCabin()
    {
        var screen = await app.RegisterAsync(InferenceMode.Device);
        await using var proxy = new RecordingProxy(app.Address);
        await using (var player =
            await DeviceInferenceFixture.StartPlayerAsync(proxy.Address, screen.Token, browser: "headless", app.Footage))
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
        await using var player =
            await DeviceInferenceFixture.StartPlayerAsync(proxy.Address, screen.Token, browser: "none", app.Cabin.Source);
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

    // The player's clock is set forward between the rides, and the server's with it: an hour passes, and nobody waits.
    [Fact]
    public async Task Hour_WithoutTheServer_TheDeviceGoesOnTargetingWithinItsSlices()
    {
        var block = TimeProvider.System.GetUtcNow().UtcTicks / OfflineSlices.Block.Ticks * OfflineSlices.Block.Ticks;
        // Early in a block: there are no new slices within the hour.
        app.Clock.Set(new DateTimeOffset(block, TimeSpan.Zero) + OfflineSlices.Block + TimeSpan.FromMinutes(10));
        var site = await app.Registry.RegisterSiteAsync("Annex", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        // Dearer than any other for women, and with money for a single play of a cabin full of people in each block of eight hours.
        var rare = await BookAsync("rare", Segment.Women2030, "C81414", campaign =>
            (campaign.PriceModel, campaign.PricePerThousandKrw, campaign.BudgetKrw) =
                (PriceModel.PerThousand, 100_000_000, 3 * 100_000 * OfflineSlices.ImpressionsPerPlay));
        var men = await BookAsync("men", Segment.Men4050, "14C814", _ => { });
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
        var screen = await app.RegisterAsync(InferenceMode.Device, site.Id);
        await using var proxy = new ClosedProxy(app.Address);
        var (time, tested) = (new HastyClock(tellsTimers: true), new TestPlayer());
        await using var player = await tested.StartAsync(
            time, proxy.Address, screen.Token, "--camera", app.Cabin.Source, "--camera-fps", "5", "--models", Support.Models.Folder);
        await using var page = await tested.OpenPageAsync();
        var (status, analysis) = (player.Services.GetRequiredService<PlayerStatus>(), player.Services.GetRequiredService<DeviceAnalysis>());
        var schedule = tested.FileOf("schedule.json");
        await UntilAsync(
            () => Task.FromResult(analysis.IsReady && status.Cache.Ready == app.Campaigns.Videos && File.Exists(schedule)),
            "the player has all it needs to go on", () => Task.FromResult($"It has {status.Cache.Ready} videos; {analysis.Problem}"));
        await page.WatchAsync();
        proxy.Close();

        await PassAsync(OfflineSchedule.Silence + TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("men", await RideAsync("woman", "rare"));
        await PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(["men"], await RideAsync("man", "men"));
        await PassAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(["women"], await RideAsync("woman", "women")); // the other's slice is used up
        await PassAsync(TimeSpan.FromMinutes(20));

        // The server is back, and hears of all of it.
        proxy.Reopen();
        time.Forward(TimeSpan.FromSeconds(31)); // or the player would wait that long before it tries again
        app.Clock.Ahead += TimeSpan.FromSeconds(31);
        var (plays, reports) = (player.Services.GetRequiredService<PlayOutbox>(), player.Services.GetRequiredService<AudienceSender>());
        await UntilAsync(() => Task.FromResult(plays.Pending == 0 && reports.Pending == 0), "the server has taken plays and audiences");
        await player.StopAsync();
        await using var db = app.NewContext();
        var ads = db.Plays.AsNoTracking().Where(p => p.ScreenId == screen.Id && p.CampaignId != null);
        await UntilAsync(
            async () => !await ads.AnyAsync(p => p.ExposuresDue) && !await db.Presences.AnyAsync(p => p.ExposuresDue), "all is counted");
        var stored = await ads.OrderBy(p => p.StartedAt).ToListAsync();
        Assert.Equal([app.Women.Id, rare.Id, men.Id], stored.Select(p => p.CampaignId!.Value).Distinct().Order());
        Assert.All(
            stored, p => Assert.True(OfflineSlice.In(p.DecisionId!.Value) is { } s && s.From <= p.StartedAt && p.StartedAt < s.Until));
        var only = Assert.Single(stored, p => p.CampaignId == rare.Id);
        Assert.Equal(1, OfflineSlice.In(only.DecisionId!.Value)!.Value.Plays);
        Assert.Equal(1, await db.Exposures.CountAsync(e => e.PlayId == only.Id));
        var total = await db.CampaignTotals.AsNoTracking().SingleAsync(t => t.CampaignId == rare.Id);
        Assert.Equal((1, 1, 1), (total.Plays, total.Impressions, total.TargetImpressions));
        Assert.All(
            await db.CampaignTotals.AsNoTracking().Where(t => t.CampaignId == men.Id).ToListAsync(),
            t => Assert.Equal(stored.Count(p => p.CampaignId == men.Id), t.Plays));

        Task<Campaign> BookAsync(string name, Segment target, string colour, Action<Campaign> book) =>
            app.Campaigns.AddAsync(name, target, colour, 2, campaign =>
            {
                campaign.SiteIds = [site.Id];
                book(campaign);
            });

        // What the page shows beside the house loop from the rider's coming on, until the cabin is empty again.
        async Task<List<string>> RideAsync(string rider, string ad)
        {
            var before = (await page.ShownAsync()).Length;
            app.Cabin.Enter(rider);
            await UntilAsync(async () => (await ShownAsync()).Contains(ad), $"the page shows {ad}", ShownTextAsync);
            await UntilAsync(async () => !analysis.AudienceOpen && (await ShownAsync())[^1] == PlainCampaigns.House, "the cabin is empty");
            return [.. (await ShownAsync()).Where(name => name != PlainCampaigns.House).Distinct()];

            async Task<List<string>> ShownAsync() =>
                [.. (await page.ShownAsync()).Skip(before).Select(app.Campaigns.NameOf).DefaultIfEmpty("")];

            async Task<string> ShownTextAsync() => "It shows " + string.Join(", ", await ShownAsync());
        }

        // While a video of the house loop runs, and not while the next one loads: a page that needs minutes for that is started again.
        async Task PassAsync(TimeSpan span)
        {
            const string HasBegun = "loading === null && front !== null && front.mediaTime > 0.2 && front.mediaTime < 2";
            await UntilAsync(
                async () => app.Campaigns.NameOf((await page.ShownAsync())[^1]) == PlainCampaigns.House
                    && await page.Page.EvaluateAsync<bool>(HasBegun), "a video of the house loop has begun");
            time.Forward(span);
            app.Clock.Ahead += span;
        }
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what, Func<Task<string>>? state = null) =>
        Wait.UntilAsync(condition, what, Patience, state);
}
