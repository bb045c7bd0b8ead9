using FaceAd.Tests.Support;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>
/// The figures of a campaign and of parts of it, in a real Chromium: exact for administrators, small counts withheld from advertisers.
/// </summary>
public sealed class FigurePagesTests(FiguresFixture app) : IClassFixture<FiguresFixture>
{
    [Fact]
    public async Task Campaign_SixPersonsAtOneScreenTwoAtTheOther_AdvertiserSeesStepsAndFewer()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}");
        await ExpectAsync(page, "impressions", "8");
        await ExpectAsync(page, "reached", "5");
        await ExpectAsync(page, "frequency", "1.3");
        await ExpectAsync(page, "completed", "8");
        await ExpectAsync(page, "dwell", "10 s");
        await ExpectAsync(page, "attention", "5 s");
        await page.Locator(".parts .segmented button", new() { HasText = "Screens" }).ClickAsync();
        await page.Locator(".parts tbody tr", new() { HasText = "B" })
            .Locator("td", new() { HasText = "fewer than 5" }).First.WaitForAsync();

        // Everything is in the address: choosing a screen changes it, and opening it anew shows the same.
        await page.SelectOptionAsync("[name=screen]", app.B.Id.ToString());
        await page.ArriveAsync($@"/campaigns/{app.Campaign.Id}\?screen={app.B.Id}$");
        await ExpectAsync(page, "impressions", "2");
        await ExpectAsync(page, "reached", "fewer than 5");
        await page.ReloadAsync();
        await page.Locator("[data-live=true]").WaitForAsync();
        await ExpectAsync(page, "impressions", "2");
        await page.Locator(".figure-filter a", new() { HasText = "everything" }).ClickAsync();
        await ExpectAsync(page, "impressions", "8");
    }

    [Fact]
    public async Task Campaign_OneScreenAskedFor_AdministratorSeesExactFigures()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, $"/campaigns/{app.Campaign.Id}?screen={app.B.Id}");
        await ExpectAsync(page, "reached", "2");
        await ExpectAsync(page, "universe", "2");
        await ExpectAsync(page, "reach", "100.0%");
    }

    [Fact]
    public async Task Campaign_NonsenseInTheAddress_ShowsEverything()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(
            visitor, FiguresFixture.Advertiser,
            $"/campaigns/{app.Campaign.Id}?from=2026-99-99%26to=yesterday%26site=x%26screen={Guid.NewGuid()}%26creative=%27");
        await ExpectAsync(page, "impressions", "8");
    }

    [Fact]
    public async Task Audience_OfTheDay_CountsPresencesWhateverWasPlaying()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var day = app.Campaign.StartsOn.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, $"/admin/audience?to={day}");
        await Assertions.Expect(page.Locator("[data-audience=ots]")).ToHaveTextAsync("8");
        await Assertions.Expect(page.Locator("[data-audience=watchers]")).ToHaveTextAsync("8");
        await page.GotoAsync("/admin/audience?to=2025-01-01");
        await page.Locator("[data-empty]").WaitForAsync();
    }

    [Fact]
    public async Task Figures_Checked_SayThatNothingDiffers()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, "/admin/privacy");
        await page.ClickAsync("[data-do=check-figures]");
        await page.Locator("[data-differences='0']", new() { HasText = "No difference" }).WaitForAsync();
    }

    private static Task ExpectAsync(IPage page, string metric, string text) =>
        Assertions.Expect(page.Locator($"[data-metric={metric}]")).ToHaveTextAsync(text, new() { IgnoreCase = true });
}
