using System.Collections.Concurrent;
using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Proof;
using FaceAd.Tests.Decisions;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using FaceAd.Web.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// The whole loop on real input: footage of two groups of riders, the real models, the real server and database, a real
/// player with its page in a real Chromium, and a campaign page that moves by itself in another.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed class LoopTests(LoopFixture app, ITestOutputHelper output) : IClassFixture<LoopFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Loop_TwoGroupsOfRiders_EachSeesItsAdAndTheCampaignPageCountsThem()
    {
        var decided = new ConcurrentQueue<Explanation>();
        using var deciding = app.Services.GetRequiredService<DecisionEngine>().Made.Add(made => decided.Enqueue(made.Why));

        // The advertiser's page is open before anything happens, and is never reloaded.
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var dashboard = await LoopFixture.OpenCampaignAsync(visitor, app.Women.Id);
        var before = await FiguresAsync(dashboard);
        Assert.Equal("–", before.Frequency);

        await using var player = await app.StartPlayerAsync();
        await using var screen = await app.OpenPageAsync();
        var page = screen.Page;

        // Nobody is in view: the house loop. Then women of 20 to 39, nobody, men of 40 to 59.
        await SeeAsync(page, LoopFixture.House);
        app.WomenEnter();
        await SeeAsync(page, LoopFixture.WomenColour);
        await SeeAsync(page, LoopFixture.House);
        app.MenEnter();
        await SeeAsync(page, LoopFixture.MenColour);
        await SeeAsync(page, LoopFixture.House);

        // Both plays are proved, and both groups are one audience each.
        await using var db = app.NewContext();
        await UntilAsync(async () => await app.CountPlaysAsync(app.Women.Id) >= 1 && await app.CountPlaysAsync(app.Men.Id) >= 1
            && await db.Audiences.CountAsync(a => a.State == AudienceState.Closed) >= 2, "both plays and both rides are committed");
        await player.StopAsync();
        DecideAgain([.. decided]);
        await ProveAsync();
        var audiences = await db.Audiences.AsNoTracking().OrderBy(a => a.OpenedAt).ToListAsync();
        Assert.Equal(2, audiences.Count);
        Assert.All(audiences, a => Assert.Equal(AudienceState.Closed, a.State));

        // The house loop may begin before the camera's first frame; from the first watched play on, every play is measured.
        var plays = await db.Plays.AsNoTracking().OrderBy(p => p.StartedAt).ToListAsync();
        var watched = plays.SkipWhile(p => p.CampaignId is null && !p.Measured).ToList();
        Assert.True(watched.Count >= 3, $"{watched.Count} of {plays.Count} plays since the camera watched."); // both ads, the loop between
        Assert.All(watched, p => Assert.True(p.Measured, $"Play {p.Id} is unmeasured."));

        // The page has moved to what an independent count of the raw rows gives.
        await UntilAsync(async () => await db.Plays.AllAsync(p => !p.ExposuresDue)
            && await db.Presences.AllAsync(p => !p.ExposuresDue), "exposures are up to date");
        var expected = await CountAsync(app.Women, audiences);
        Assert.True(expected.Reached >= 2, $"{expected.Reached} women were reached.");
        await UntilAsync(async () => await FiguresAsync(dashboard) is var now && now.Reached == expected.Reached
            && now.Impressions == expected.Impressions
            && now.Frequency == expected.Frequency.ToString("0.0", CultureInfo.InvariantCulture)
            && now.Reach == (100 * expected.Reach).ToString("0.0", CultureInfo.InvariantCulture) + "%",
            "the page shows the independent count", async () => $"{await FiguresAsync(dashboard)} against {expected}");
        var after = await FiguresAsync(dashboard);
        Assert.InRange(after.Cost, expected.Cost * 0.99, expected.Cost * 1.01); // the cost of a flat price goes on growing
        await ReportLatencyAsync(db);
    }

    // What the player signed is one chain from its first play on, and proves the campaign's.
    private async Task ProveAsync()
    {
        var (proofs, today) = (app.Services.GetRequiredService<Proofs>(), Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow()));
        var plan = await proofs.PlanAsync(app.Women, today.AddDays(-1), today.AddDays(1), null, default);
        using var check = new ProofCheck();
        await foreach (var line in proofs.ReadAsync(plan!, default)) check.Add(line.Write());
        var proof = check.Finish();
        Assert.True(proof.IsSound, string.Join(", ", proof.Faults));
        Assert.Equal(await app.CountPlaysAsync(app.Women.Id), proof.Plays);
        Assert.Equal(1, proof.Screens.Single().Keys.Single().First);
    }

    // Each cabin that the cameras saw is decided for as the naive rule says: with the campaigns of then, and with drawn ones.
    private void DecideAgain(IReadOnlyList<Explanation> decided)
    {
        Assert.Contains(decided, why => why.Cabin.Riders.Count >= 2 && why.Winner is not null);
        Assert.All(decided, why => Assert.True(NaiveRule.Agrees(why), $"{why.Reason} at {why.At:O}"));
        var random = new Random(1);
        var targeted = 0;
        foreach (var then in decided)
        {
            for (var i = 0; i < 100; i++)
            {
                var drawn = NaiveRule.Draw(random, then.Cabin.SiteId, then.Cabin.Calendar.DayOf(then.At));
                var why = Decider.Decide(new DecisionSnapshot(then.At, drawn, []), then.Cabin, then.At);
                Assert.True(NaiveRule.Agrees(why), $"{why.Reason} at {then.At:O}, drawing {i}");
                if (why.Winner is not null) targeted++;
            }
        }
        output.WriteLine($"{decided.Count} decisions, {targeted} of {100 * decided.Count} with drawn campaigns choose one");
        Assert.True(targeted > 0);
    }

    private static async Task<Figures> FiguresAsync(IPage page) => new(
        await page.Locator("[data-metric=reach]").InnerTextAsync(),
        int.TryParse(await page.Locator("[data-metric=reached]").InnerTextAsync(), out var reached) ? reached : 0,
        await page.Locator("[data-metric=frequency]").InnerTextAsync(),
        int.Parse(await page.Locator("[data-metric=impressions]").InnerTextAsync(), NumberStyles.Number, CultureInfo.InvariantCulture),
        double.TryParse((await page.Locator("[data-metric=accrued]").InnerTextAsync())
            .Trim('₩', ' '), NumberStyles.Number, CultureInfo.InvariantCulture, out var cost) ? cost : 0);

    // Counted here from plays and presences alone, without exposures or any formula of the product.
    private async Task<Expected> CountAsync(Campaign campaign, List<Web.Audiences.Audience> audiences)
    {
        await using var db = app.NewContext();
        var persons = await db.Persons.AsNoTracking().Where(p => p.Segment == Segment.Women2030).Select(p => p.Id).ToListAsync();
        var presences = await db.Presences.AsNoTracking().ToListAsync();
        var plays = await db.Plays.AsNoTracking().Where(p => p.CampaignId == campaign.Id).ToListAsync();
        var seen = (from play in plays
                    from presence in presences
                    where (new[] { play.EndedAt, presence.To }.Min() - new[] { play.StartedAt, presence.From }.Max()).TotalSeconds >= 1
                    select presence.PersonId).ToList();
        var exposures = seen.Where(p => p is { } id && persons.Contains(id)).ToList();
        var reached = exposures.Distinct().Count();
        var universe = presences.Where(s => s.PersonId is { } id && persons.Contains(id)).Select(s => s.PersonId).Distinct().Count();
        var start = Sample.Calendar.StartOf(campaign.StartsOn);
        var days = (campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1) * 86_400.0;
        var cost = campaign.BudgetKrw * ((TimeProvider.System.GetUtcNow() - start).TotalSeconds / days);
        output.WriteLine(
            $"{audiences.Count} audiences, {presences.Count} presences, {plays.Count} plays of the women's ad, {seen.Count} impressions");
        return new Expected((double)reached / universe, reached, (double)exposures.Count / reached, seen.Count, cost);
    }

    // From the first analysed frame that shows a face to the first frame of the targeted ad on the page.
    private async Task ReportLatencyAsync(Web.Data.FaceAdDbContext db)
    {
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.CampaignId != null && d.AudienceId != null).OrderBy(d => d.At)
            .ToListAsync();
        foreach (var first in decisions.GroupBy(d => d.AudienceId).Select(g => g.First()))
        {
            var audience = await db.Audiences.AsNoTracking().SingleAsync(a => a.Id == first.AudienceId);
            var play = await db.Plays.AsNoTracking().SingleOrDefaultAsync(p => p.DecisionId == first.Id);
            if (play is null) continue;
            output.WriteLine($"face captured to decision {(first.At - audience.OpenedAt).TotalMilliseconds:0} ms, to the ad's first frame {(play.StartedAt - audience.OpenedAt).TotalMilliseconds:0} ms");
        }
    }

    private static Task SeeAsync(IPage page, (int R, int G, int B) colour) => UntilAsync(
        async () =>
            Near(TestClips.Centre(await page.ScreenshotAsync(new() { Type = ScreenshotType.Jpeg, Quality = 90 })), colour),
            $"the page shows {colour}");

    private static bool Near((int R, int G, int B) a, (int R, int G, int B) b) =>
        Math.Abs(a.R - b.R) < 40 && Math.Abs(a.G - b.G) < 40 && Math.Abs(a.B - b.B) < 40;

    private static Task UntilAsync(Func<Task<bool>> condition, string what, Func<Task<string>>? state = null) =>
        Wait.UntilAsync(condition, what, Patience, state);

    private sealed record Figures(string Reach, int Reached, string Frequency, int Impressions, double Cost);

    private sealed record Expected(double Reach, int Reached, double Frequency, int Impressions, double Cost);
}
