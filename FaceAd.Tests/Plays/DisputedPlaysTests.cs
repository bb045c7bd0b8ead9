using System.Net;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Notifications;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Plays;

/// <summary>Plays that a screen makes up are answered 200, kept apart with their reason, and count nowhere.</summary>
public sealed class DisputedPlaysTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Plays_MadeUpByAScreenThatNeverPlayed_CountNowhereAndTheMediaOwnerIsToldOnce()
    {
        // A building without consent, a screen that never connected, a campaign of another building.
        var site = await app.Registry.RegisterSiteAsync("No consent", "", "Asia/Seoul", Site.DefaultNotice);
        var (screen, client) = await ScreenAsync(site.Id);
        var creative = await AddCampaignAsync([app.Server.Screen.SiteId]);
        var plays = Enumerable.Range(0, 100).Select(_ => new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = creative.Id,
            StartedAt = _now.AddSeconds(-30),
            EndedAt = _now.AddSeconds(-29),
            End = PlayEnd.Interrupted,
            Measured = true,
            FramesPresented = 25,
        }).ToArray();
        plays[0] = plays[0] with { StartedAt = _now.AddHours(23), EndedAt = _now.AddHours(23).AddSeconds(1) };
        plays[1] = plays[1] with { DecisionId = Guid.NewGuid() };
        foreach (var batch in plays.Chunk(PlayReport.MaxBatch)) Assert.Equal((0, 0, 25), await SendAsync(client, batch));
        foreach (var batch in plays.Chunk(PlayReport.MaxBatch)) Assert.Equal((0, 25, 0), await SendAsync(client, batch));

        await using var db = app.NewContext();
        Assert.False(await db.Plays.AnyAsync(p => p.ScreenId == screen.Id));
        Assert.False(await db.CampaignTotals.AnyAsync(t => t.CampaignId == creative.CampaignId));
        Assert.False(await db.Set<PlayDay>().AnyAsync(d => d.ScreenId == screen.Id));
        Assert.False(await db.Exposures.AnyAsync(e => e.ScreenId == screen.Id));
        Assert.Equal([(DisputeReason.InFuture, 1), (DisputeReason.NeverMeasured, 99)], await CountsAsync(screen));
        Assert.Equal(100, await db.Set<DisputedPlay>().CountAsync(p => p.ScreenId == screen.Id && p.CampaignId == creative.CampaignId));
        var told = await db.Set<Notification>().AsNoTracking().SingleAsync(n => n.ScreenId == screen.Id);
        Assert.Equal((NotificationKind.PlaysDisputed, screen.Name, site.Name), (told.Kind, told.Subject, told.Detail));
        Assert.NotNull(told.MailDueAt);
    }

    [Fact]
    public async Task Plays_AHundredAtOnceAfterRealDecisions_OneIsAccepted()
    {
        var (screen, client) = await ScreenAsync();
        var plays = Enumerable.Range(0, 100).Select(i =>
            Play(screen, _now.AddSeconds(-30 + (i / 200.0)), seconds: 1) with { End = PlayEnd.Interrupted }).ToArray();
        // At the same time, as a screen would that hopes for a race.
        var receipts = await Task.WhenAll(plays.Chunk(PlayReport.MaxBatch).Select(batch => SendAsync(client, batch)));
        Assert.Equal((1, 99), (receipts.Sum(r => r.Accepted), receipts.Sum(r => r.Disputed)));
        Assert.Equal([(DisputeReason.Overlap, 99)], await CountsAsync(screen));
    }

    [Fact]
    public async Task Plays_EachKindOfForgery_IsDisputedWithItsReasonAndTheHonestOnesBesideItCount()
    {
        var (screen, client) = await ScreenAsync();
        var (other, _) = await ScreenAsync();
        var (house, creative) = (await AddHouseCreativeAsync(), await AddCampaignAsync([]));
        PlayReport Honest(int minutes) => Play(screen, _now.AddMinutes(-minutes));
        Guid Decide(Guid screenId, Guid creativeId, int minutes) => app.Decide(screenId, creativeId, _now.AddMinutes(-minutes));
        var (first, end) = (Honest(60), DateTimeOffset.MaxValue);
        PlayReport[] honest = [first, Honest(45), Honest(30) with { DecisionId = null, CreativeId = house.Id }, Play(screen, _now)];
        Assert.Equal((4, 0, 0), await SendAsync(client, honest));
        (DisputeReason Reason, PlayReport Play)[] forged =
        [
            (DisputeReason.NoDecision, Honest(59) with { DecisionId = null }),
            (DisputeReason.UnknownDecision, Honest(58) with { DecisionId = Guid.NewGuid() }),
            (DisputeReason.UnknownDecision, Honest(57) with { DecisionId = Guid.CreateVersion7(_now.AddMinutes(-57)) }),
            (DisputeReason.UnknownDecision, Honest(56) with { DecisionId = Decide(other.Id, app.Creative.Id, 56) }),
            (DisputeReason.UnknownDecision, Honest(55) with { CreativeId = creative.Id }),
            (DisputeReason.UnknownDecision, Honest(54) with { CreativeId = house.Id }),
            (DisputeReason.NotAtItsTime, Honest(53) with { DecisionId = Decide(screen.Id, app.Creative.Id, 53 + 18) }),
            (DisputeReason.NotAtItsTime, Honest(52) with { DecisionId = Decide(screen.Id, app.Creative.Id, 49) }),
            (DisputeReason.InFuture, Play(screen, _now.AddHours(23))),
            (DisputeReason.InFuture, Play(screen, _now.AddMinutes(3))),
            (DisputeReason.InFuture, Play(screen, _now) with { EndedAt = end }),
            (DisputeReason.InFuture, Play(screen, _now) with { StartedAt = end, EndedAt = end }),
            (DisputeReason.InFuture, Play(screen, _now) with { StartedAt = end.AddSeconds(-30), EndedAt = end }),
            (DisputeReason.DecisionPlayed, first with { PlayId = Guid.NewGuid() }),
            (DisputeReason.DecisionPlayed, Play(screen, _now.AddMinutes(-50)) with { DecisionId = first.DecisionId }),
            (DisputeReason.Overlap, Play(screen, first.StartedAt.AddSeconds(5))),
            (DisputeReason.Overlap, Play(screen, first.StartedAt.AddSeconds(8)) with
            {
                DecisionId = Decide(screen.Id, app.Creative.Id, 59), // by a clock that is off
            }),
            (DisputeReason.Overlap, Honest(45) with { DecisionId = null, CreativeId = house.Id }),
            (DisputeReason.TooLong, Play(screen, _now.AddMinutes(-44), seconds: 21)),
            (DisputeReason.TooShort, Play(screen, _now.AddMinutes(-39), seconds: 4.9)),
            (DisputeReason.TooShort, Play(screen, _now.AddMinutes(-38), seconds: 0) with { FramesPresented = 1 }),
            (DisputeReason.Frames, Honest(43) with { FramesPresented = 1 }),
            (DisputeReason.Frames, Honest(42) with { FramesPresented = 100_000 }),
        ];
        Assert.Equal((0, 0, forged.Length), await SendAsync(client, [.. forged.Select(f => f.Play)]));
        Assert.Equal((2, 4, 0), await SendAsync(client, [Honest(41), .. honest, Honest(40)]));

        await using var db = app.NewContext();
        var kept = await db.Set<DisputedPlay>().AsNoTracking().Where(p => p.ScreenId == screen.Id).ToDictionaryAsync(p => p.Id);
        Assert.Equal(forged.Select(f => (f.Play.PlayId, f.Reason)), forged.Select(f => (f.Play.PlayId, kept[f.Play.PlayId].Reason)));
        Assert.Equal(6, await db.Plays.CountAsync(p => p.ScreenId == screen.Id));
    }

    [Fact]
    public async Task Plays_ASecondOfOneDecision_CountsOnceMoreWhereTheFirstFailed()
    {
        var (screen, client) = await ScreenAsync();
        PlayReport Played(int seconds, PlayEnd end, Guid? decision) =>
            Play(screen, _now.AddMinutes(-5).AddSeconds(seconds), seconds: 6) with { End = end, DecisionId = decision };
        var failed = Play(screen, _now.AddMinutes(-5), seconds: 2) with { End = PlayEnd.Failed };
        var again = Played(20, PlayEnd.Completed, failed.DecisionId);
        Assert.Equal((1, 0, 0), await SendAsync(client, failed));
        Assert.Equal((1, 0, 1), await SendAsync(client, again, Played(40, PlayEnd.Failed, failed.DecisionId)));
        Assert.Equal((0, 2, 1), await SendAsync(client, failed, again, Played(60, PlayEnd.Completed, failed.DecisionId)));
        Assert.Equal([(DisputeReason.DecisionPlayed, 2)], await CountsAsync(screen));
    }

    [Fact]
    public async Task Plays_OfAnotherScreensReports_AreNotThisOnes()
    {
        var (screen, client) = await ScreenAsync();
        var (_, thief) = await ScreenAsync();
        var play = Play(screen, _now.AddMinutes(-5));
        Assert.Equal((0, 0, 1), await SendAsync(thief, play)); // before the screen itself
        Assert.Equal((1, 0, 0), await SendAsync(client, play));
        Assert.Equal((0, 1, 0), await SendAsync(client, play));
        using var nobody = new DeviceClient(app, DeviceToken.Generate());
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.SendAsync(Routes.Plays, new[] { play })).StatusCode);
    }

    [Fact]
    public async Task Plays_AfterDecisionsOfAnEarlierVersion_AreKnownByTheirRows()
    {
        var (screen, client) = await ScreenAsync();
        var (other, thief) = await ScreenAsync();
        var at = _now.AddMinutes(-20);
        var decision = Guid.CreateVersion7(at);
        await using (var db = app.NewContext())
        {
            db.Add(new Decision
            {
                Id = decision,
                ScreenId = screen.Id,
                At = at,
                Trigger = DecisionTrigger.AudienceChanged,
                Viewers = 1,
                Dominant = Segment.Men2030,
                Reason = DecisionReason.Targeted,
                CampaignId = app.Campaign.Id,
                CreativeId = app.Creative.Id,
                Candidates = 1,
            });
            await db.SaveChangesAsync();
        }
        Assert.Equal((1, 0, 0), await SendAsync(client, Play(screen, at) with { DecisionId = decision }));
        Assert.Equal((0, 0, 1), await SendAsync(client, Play(screen, at.AddMinutes(18)) with { DecisionId = decision }));
        Assert.Equal([(DisputeReason.NotAtItsTime, 1)], await CountsAsync(screen));
        Assert.Equal((0, 0, 1), await SendAsync(thief, Play(other, at) with { DecisionId = decision }));
        Assert.Equal([(DisputeReason.UnknownDecision, 1)], await CountsAsync(other));
    }

    [Fact]
    public async Task Plays_MeasuredAfterConsentWasWithdrawn_CountUnmeasuredAndEarlierOnesAsTheyWere()
    {
        var site = await app.Registry.RegisterSiteAsync("Withdrawn", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        var (screen, client) = await ScreenAsync(site.Id);
        Assert.Null(await app.Services.GetRequiredService<SiteConsents>().WithdrawAsync(site.Id));
        await using var db = app.NewContext();
        var until = (await db.Sites.AsNoTracking().SingleAsync(s => s.Id == site.Id)).MeasuredUntil!.Value;
        Assert.InRange(until, _now, TimeProvider.System.GetUtcNow());
        // Withdrawn an hour ago, so that plays of afterwards can be reported now.
        await db.Sites.Where(s => s.Id == site.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.MeasuredUntil, _now.AddHours(-1)));
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();

        var (before, after) = (Play(screen, _now.AddHours(-2)), Play(screen, _now.AddMinutes(-30)));
        Assert.Equal((2, 0, 0), await SendAsync(client, before, after));
        Assert.True((await db.Plays.AsNoTracking().SingleAsync(p => p.Id == before.PlayId)).Measured);
        Assert.False((await db.Plays.AsNoTracking().SingleAsync(p => p.Id == after.PlayId)).Measured);
    }

    [Fact]
    public async Task Plays_MoreForgedThanAreKept_AreCountedAndTheRowsAreLimited()
    {
        var (screen, client) = await ScreenAsync();
        for (var batch = 0; batch < 6; batch++)
        {
            var forged = Enumerable.Range(0, 25).Select(i =>
                Play(screen, _now.AddHours(-1 - batch).AddMinutes(i)) with { DecisionId = null }).ToArray();
            Assert.Equal((0, 0, 25), await SendAsync(client, forged));
        }
        await using var db = app.NewContext();
        Assert.Equal(DisputedPlay.KeptOfADay, await db.Set<DisputedPlay>().CountAsync(p => p.ScreenId == screen.Id));
        Assert.Equal([(DisputeReason.NoDecision, 150)], await CountsAsync(screen));
        Assert.Equal(1, await db.Set<Notification>().CountAsync(n => n.ScreenId == screen.Id));
        Assert.Single(app.Complaints, c => c.Contains($"of screen {screen.Id} is disputed", StringComparison.Ordinal));
    }

    private async Task<(Screen Screen, DeviceClient Client)> ScreenAsync(Guid? site = null)
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            site ?? app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Device);
        return (screen, new DeviceClient(app, token));
    }

    private PlayReport Play(Screen screen, DateTimeOffset at, double seconds = 10) => new()
    {
        PlayId = Guid.NewGuid(),
        DecisionId = app.Decide(screen.Id, app.Creative.Id, at),
        CreativeId = app.Creative.Id,
        StartedAt = at,
        EndedAt = at.AddSeconds(seconds),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = (int)(25 * seconds),
    };

    private async Task<Creative> AddCampaignAsync(Guid[] sites)
    {
        await using var db = app.NewContext();
        var advertiser = await db.Organisations.SingleAsync(o => o.Id == app.Campaign.OrganisationId);
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        campaign.SiteIds = sites;
        await db.SaveChangesAsync();
        return creative;
    }

    private async Task<Creative> AddHouseCreativeAsync()
    {
        await using var db = app.NewContext();
        var creative = new Creative
        {
            OrganisationId = await db.Organisations.Where(o => o.Kind == OrganisationKind.MediaOwner).Select(o => o.Id).SingleAsync(),
            Name = "House",
            Sha256 = new string('e', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = Sample.Noon,
        };
        db.Add(creative);
        await db.SaveChangesAsync();
        return creative;
    }

    private static async Task<(int Accepted, int Known, int Disputed)> SendAsync(DeviceClient client, params PlayReport[] plays)
    {
        var answer = await client.SendPlaysAsync(plays);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var receipt = (await answer.Content.ReadFromJsonAsync<PlayReceipt>())!;
        Assert.Empty(receipt.Refused);
        return (receipt.Accepted, receipt.Known, receipt.Disputed);
    }

    private async Task<(DisputeReason Reason, int Plays)[]> CountsAsync(Screen screen)
    {
        await using var db = app.NewContext();
        var rows = await db.Set<DisputedPlayDay>().AsNoTracking().Where(d => d.ScreenId == screen.Id).ToListAsync();
        return [.. rows.GroupBy(r => r.Reason).OrderBy(g => g.Key).Select(g => (g.Key, (int)g.Sum(r => r.Plays)))];
    }
}
