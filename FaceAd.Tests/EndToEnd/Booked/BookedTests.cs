using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd.Booked;

/// <summary>What was booked is what a real screen shows, and does not: server, player, and its page in a real Chromium.</summary>
public sealed class BookedTests(BookedFixture app) : IClassFixture<BookedFixture>
{
    [Fact]
    public async Task Screen_WithCapCategoryAndChild_ShowsWhatIsAllowed()
    {
        await using var screen = await app.StartScreenAsync();
        var (page, cabin) = (screen.Page, screen.Cabin);
        await ShowsAsync("house");
        await using var db = app.NewContext();

        // Once a day and person, for whoever has been recognised: then the house loop goes on before her. Another woman sees it.
        await ComeAsync(Segment.Women2030, face: 1);
        await ShowsAsync("capped");
        await StoppedAsync(app.Capped.Id, Gate.FrequencyCap);
        await ShowsAsync("house");
        await cabin.SeeAsync();
        await ComeAsync(Segment.Women2030, face: 2);
        await ShowsAsync("capped");
        await cabin.SeeAsync();
        await ShowsAsync("house");

        // One of a category: the other is held back, and so is itself.
        await cabin.SeeAsync(cabin.Rider(Segment.Men2030, face: 3));
        await ShowsAsync("rival", "other rival");
        await StoppedAsync(app.Rival.Id, Gate.Separation);
        await StoppedAsync(app.OtherRival.Id, Gate.Separation);
        await ShowsAsync("house");
        await cabin.SeeAsync();

        // Not before children: it ends when a child has come in, and comes back when only adults are there.
        var man = cabin.Rider(Segment.Men4050, face: 4);
        await cabin.SeeAsync(man);
        await ShowsAsync("for adults");
        await cabin.SeeAsync(man, cabin.Rider(Segment.Kids, face: 5, track: 2, child: 0.9));
        await StoppedAsync(app.ForAdults.Id, Gate.Child);
        await ShowsAsync("house");
        await cabin.SeeAsync(man);
        await ShowsAsync("for adults");

        // Somebody who is recognised before an ad is chosen for them: at first the estimate is another, whom nobody wants.
        async Task ComeAsync(Segment segment, int face)
        {
            var rider = cabin.Rider(Segment.Silver, face);
            await cabin.SeeAsync(rider);
            await Wait.UntilAsync(IsRecognised, "the rider is recognised");
            await cabin.SeeAsync(rider with { Segments = Sample.Surely(segment) });
        }

        async Task<string> ShownAsync() => app.Campaigns.NameOf((await page.ShownAsync())[^1]);

        Task ShowsAsync(params string[] any) => Wait.UntilAsync(
            async () =>
            {
                var shown = await ShownAsync();
                return any.Contains(shown);
            }, $"the page shows {string.Join(" or ", any)}", state: async () => "It shows " + await ShownAsync());

        Task StoppedAsync(Guid campaign, Gate gate) => Wait.UntilAsync(
            async () => (await db.Decisions.AsNoTracking().Where(d => d.ScreenId == screen.Screen.Id && d.CampaignId == null).ToListAsync())
                .Exists(d => d.Losers?.Any(l => l.Id == campaign && l.Gate == gate) == true), $"{gate} holds it back");

        bool IsRecognised() => app.Services.GetRequiredService<LiveAudiences>().Find(screen.Screen.Id) is { } audience
            && app.Services.GetRequiredService<RecognisedRiders>().CabinOf(audience).Riders is [{ Person: not null }];
    }

    // A day in four rides of two women, who see two ads each. In between the clock is set forward: what runs, runs in real time.
    [Fact]
    public async Task Day_PacedEvenlyBesideAsFastAsPossible_FollowsItsPlanWhileTheOtherRunsAhead()
    {
        const double Short = 1.6; // seconds: an exposure needs one
        const int Rides = 4, Women = 2;
        await using var screen = await app.StartScreenAsync();
        await using var db = app.NewContext();
        var day = Sample.Calendar.DayOf(app.Clock.GetUtcNow()).AddDays(1);
        // Nobody has been seen in this building: its people are expected from 7 to 23 o'clock, in all hours alike.
        app.Clock.Set(Sample.Calendar.StartOf(day).AddHours(7).AddMinutes(-1));
        var even = await BookAsync("even", "C8C8C8", goal: Rides * Women, krw: 3_000, Pace.Even);
        var fast = await BookAsync("fast", "14C8C8", goal: Rides / 2 * Women, krw: 500, Pace.AsFastAsPossible);
        await app.Services.GetRequiredService<SnapshotReader>().RefreshAsync();
        var status = screen.Player.Services.GetRequiredService<PlayerStatus>();
        await Wait.UntilAsync(() => status.Cache.Ready == app.Campaigns.Videos, "the player has all videos");

        List<(int Even, int Fast)> had = [];
        for (var ride = 0; ride < Rides; ride++)
        {
            var now = TimeOf(ride);
            app.Clock.Set(now);
            screen.Learn(now);
            await Wait.UntilAsync(
                () => !app.Services.GetRequiredService<PacingKeeper>().IsResting(even.Id), "by its plan the campaign is due again");
            var women = Enumerable.Range(1, Women).Select(i => screen.Cabin.Rider(Segment.Women4050, face: 10 + i, track: i));
            await screen.Cabin.SeeAsync([.. women]);
            await Wait.UntilAsync(async () => (await PlaysAsync(now)).Count >= 2, "two videos have run before the women");
            await screen.Cabin.SeeAsync();
            await Wait.UntilAsync(
                async () => app.Campaigns.NameOf((await screen.Page.ShownAsync())[^1]) == PlainCampaigns.House, "the house loop is back");
            await Wait.UntilAsync(
                async () => await db.Plays.AllAsync(p => !p.ExposuresDue) && await db.Presences.AllAsync(p => !p.ExposuresDue),
                "what they saw is counted");
            had.Add((await ImpressionsAsync(even), await ImpressionsAsync(fast)));
        }

        // One evenly, by the first video of each ride. The other by the second, until it has all; then it is the house loop.
        Assert.Equal([2, 4, 6, 8], had.Select(h => h.Even));
        Assert.Equal([4, 4, 4], had.Skip(1).Select(h => h.Fast));
        for (var ride = 0; ride < Rides; ride++)
        {
            var seen = (await PlaysAsync(TimeOf(ride))).Select(p => p.CampaignId).ToList();
            Assert.Equal(even.Id, seen[0]);
            Assert.Equal(ride == 0 ? fast.Id : ride == 1 ? seen[1] : null, seen[1]);
        }

        DateTimeOffset TimeOf(int ride) => Sample.Calendar.StartOf(day).AddHours(7 + (16 * (ride + 0.5) / Rides));

        Task<Campaign> BookAsync(string name, string colour, int goal, long krw, Pace pace) =>
            app.Campaigns.AddAsync(name, Segment.Women4050, colour, Short, campaign =>
            {
                (campaign.StartsOn, campaign.EndsOn, campaign.SiteIds) = (day, day, [screen.Screen.SiteId]);
                (campaign.BudgetKrw, campaign.Delivery) = (krw * goal, new DeliveryTerms { Goal = goal, Pace = pace });
            });

        // From the first ad on: before it the house loop ran before nobody.
        async Task<List<Play>> PlaysAsync(DateTimeOffset from) =>
            [.. (await db.Plays.AsNoTracking().Where(p => p.ScreenId == screen.Screen.Id && p.StartedAt >= from
                && p.StartedAt < from.AddHours(1)).OrderBy(p => p.StartedAt).ToListAsync()).SkipWhile(p => p.CampaignId is null)];

        async Task<int> ImpressionsAsync(Campaign of) => (int)await db.CampaignTotals.AsNoTracking().Where(t => t.CampaignId == of.Id)
            .SumAsync(t => t.TargetImpressions);
    }
}
