using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>The figures of a campaign and of parts of it, in a real Chromium: exact for administrators, small counts withheld from advertisers.</summary>
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
        await page.Locator(".parts tbody tr", new() { HasText = "B" }).Locator("td", new() { HasText = "fewer than 5" }).First.WaitForAsync();

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
            visitor, FiguresFixture.Advertiser, $"/campaigns/{app.Campaign.Id}?from=2026-99-99%26to=yesterday%26site=x%26screen={Guid.NewGuid()}%26film=%27");
        await ExpectAsync(page, "impressions", "8");
    }

    [Fact]
    public async Task Audience_OfTheDay_CountsStaysWhateverWasPlaying()
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
    public async Task Books_Checked_SayThatNothingDiffers()
    {
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, FiguresFixture.Admin, "/admin/privacy");
        await page.ClickAsync("[data-do=check-books]");
        await page.Locator("[data-books='0']", new() { HasText = "No difference" }).WaitForAsync();
    }

    private static Task ExpectAsync(IPage page, string metric, string text) =>
        Assertions.Expect(page.Locator($"[data-metric={metric}]")).ToHaveTextAsync(text, new() { IgnoreCase = true });
}

/// <summary>The app with a campaign that six persons saw at screen A, and two of them once more at screen B.</summary>
public sealed class FiguresFixture : AppFixture
{
    public const string Advertiser = "figures@facead.example", Admin = "boss@facead.example";

    private const string Password = "a good long password";

    /// <summary>The campaign.</summary>
    public Campaign Campaign { get; private set; } = null!;

    /// <summary>The screen that two persons saw.</summary>
    public ScreenEntry B { get; private set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        await using var db = NewContext();
        var (_, advertiser, a, b) = await Sample.AddSiteAsync(db);
        B = b;
        await accounts.CreateUserAsync(advertiser, Advertiser, Password, "Advertiser", Roles.Advertiser);
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, Admin, Password, "Administrator", Roles.Admin);
        (Campaign, var creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        // Noon of a day: no midnight falls between the rides.
        var noon = Sample.Calendar.StartOf(Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow().AddHours(-13))).AddHours(12);
        (Campaign.StartsOn, Campaign.EndsOn) = (Sample.Calendar.DayOf(noon), Sample.Calendar.DayOf(noon));
        await db.SaveChangesAsync();
        await Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        foreach (var (screen, face, ride) in new[] { (a, 1, 0), (a, 2, 1), (a, 3, 2), (a, 4, 3), (a, 5, 4), (a, 6, 5), (b, 1, 6), (b, 2, 7) })
        {
            var from = noon.AddMinutes(ride);
            var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(30), inView: false, views: [Sample.Face(face, 0.3, ride), Sample.Face(face, 0.3, 50 + ride)]);
            await Services.GetRequiredService<AudienceIntake>().CommitAsync(
                screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(30), AudienceState.Closed, viewer), default);
            await Services.GetRequiredService<PlayIntake>().CommitAsync(screen, [new PlayReport
            {
                PlayId = Guid.NewGuid(),
                CreativeId = creative.Id,
                StartedAt = from.AddSeconds(5),
                EndedAt = from.AddSeconds(15),
                End = PlayEnd.Completed,
                Measured = true,
                FramesPresented = 240,
            }], default);
        }
        await Wait.UntilAsync(async () => await db.Exposures.CountAsync() >= 8, "the exposures are computed");
    }
}
