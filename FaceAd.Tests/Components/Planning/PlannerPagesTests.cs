using System.Globalization;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics.Forecasts;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components.Planning;

/// <summary>A plan in a real Chromium: tried, compared, saved, shared, and made a campaign.</summary>
public sealed class PlannerPagesTests(PlannerPagesTests.Measured app) : IClassFixture<PlannerPagesTests.Measured>
{
    /// <summary>The app of a building that has measured for four weeks.</summary>
    public sealed class Measured : AdvertiserFixture
    {
        // Four weeks of an hour with two hundred presences; a hundred people were counted, each on two days.
        protected override async Task PrepareAsync()
        {
            await using var db = NewContext();
            var (site, _, screen, _) = await Sample.AddSiteAsync(db);
            var today = SiteCalendar.Default.DayOf(TimeProvider.System.GetUtcNow());
            for (var day = 1; day <= 28; day++)
            {
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
                    VALUES ({screen.Id}, {today.AddDays(-day)}, 9, {(int)Segment.Silver}, 200, 0, 0, 0) ON CONFLICT DO NOTHING
                    """);
            }
            db.Add(new VisitCounts
            {
                SiteId = site.Id,
                Epoch = site.Calendar().EpochOf(today) - 1,
                Days = 28,
                Segment = Segment.Silver,
                Persons = [0, 100],
                Rides = [.. Enumerable.Repeat(0L, VisitPattern.Place(2, 9)), 200, .. Enumerable.Repeat(0L, 14)],
            });
            await db.SaveChangesAsync();
        }
    }

    [Fact]
    public async Task Planner_FromATargetToACampaign_KeepsThePlan()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/planner?budget=10000");
        await page.Locator("[data-forecast=incomplete]").WaitForAsync();

        await page.CheckAsync("[data-target=Silver]");
        await Expect(page.Locator("[data-forecast-figure=impressions]")).Not.ToBeEmptyAsync();
        await Expect(page.Locator("[data-forecast-figure=reach]")).ToContainTextAsync("%");
        var few = await page.Locator("[data-forecast-figure=reach]").InnerTextAsync();
        await page.ClickAsync("[data-do=keep]");
        await page.Locator("[data-compared='1']").WaitForAsync();

        // Ten times the money reaches more, and the address follows.
        await page.FillAsync("#budget", "100,000");
        await page.PressAsync("#budget", "Tab");
        await Expect(page.Locator("[data-forecast-figure=reach]")).Not.ToHaveTextAsync(few);
        await page.ArriveAsync("for=Silver.*budget=100000");
        Assert.True(Percent(await page.Locator("[data-forecast-figure=reach]").InnerTextAsync()) > Percent(few));
        await Expect(page.Locator("[data-needs='50'] td").First).ToContainTextAsync("₩");

        // The plan that was kept is one press away.
        await page.Locator("[data-compared] a").ClickAsync();
        await Expect(page.Locator("#budget")).ToHaveValueAsync("10,000");
        await Expect(page.Locator("[data-forecast-figure=reach]")).ToHaveTextAsync(few);

        // Whoever gets the link sees the same.
        var address = await page.Locator("#plan-address").TextContentAsync();
        await page.GotoAsync(address!);
        await Expect(page.Locator("[data-forecast-figure=reach]")).ToHaveTextAsync(few);
        await page.ClickAsync("[data-do=book]");
        await page.Locator("#submit").WaitForAsync();
        await Expect(page.Locator("#budget")).ToHaveValueAsync("10,000");
        await Expect(page.Locator("[data-target=Silver]")).ToBeCheckedAsync();
        await Expect(page.Locator(".summary [data-forecast-figure=reach]")).ToHaveTextAsync(few);
    }

    [Fact]
    public async Task BookedCampaign_OtherTerms_AreForecastBesideItsOwn()
    {
        var (id, _) = await app.CampaignAsync();
        await using (var db = app.NewContext())
            await db.Campaigns.Where(c => c.Id == id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, $"/campaigns/{id}");
        await page.ClickAsync("[data-do=what-if]");
        var figures = page.Locator("[data-forecast=compared] [data-forecast-figure=impressions] b");
        await Expect(figures).ToHaveCountAsync(2);
        Assert.Equal(await figures.First.InnerTextAsync(), await figures.Last.InnerTextAsync());
        await page.FillAsync("#cap", "1");
        await page.PressAsync("#cap", "Tab");
        await Expect(figures.Last).Not.ToHaveTextAsync(await figures.First.InnerTextAsync());
        Assert.True(Number(await figures.Last.InnerTextAsync()) < Number(await figures.First.InnerTextAsync()));

        // Whoever asks for a change sees what it would bring.
        await page.GotoAsync($"campaigns/{id}/request");
        await Expect(page.Locator(".summary [data-forecast=compared] [data-forecast-figure=impressions] b")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task Planner_SecondFlight_IsForecastAndInTheAddress()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/planner?for=Silver&budget=10000000");
        var before = await page.Locator("[data-forecast-figure=impressions]").InnerTextAsync();
        await page.ClickAsync("[data-do=add-flight]");
        await page.Locator("[data-flight='2']").WaitForAsync();
        await Expect(page.Locator("[data-forecast-figure=impressions]")).Not.ToHaveTextAsync(before);
        await page.ArriveAsync("flights=");
        await page.ClickAsync("[data-do=book]");
        await page.Locator("#submit").WaitForAsync();
        await page.Locator("[data-flight='2']").WaitForAsync();
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static int Percent(string text) => int.Parse(text.Trim().TrimEnd('%'), CultureInfo.InvariantCulture);
}
