using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>
/// The advertiser's path in a real Chromium: a first campaign, a copy, several at once, a deletion taken back, and the calendar.
/// </summary>
public sealed class BookingPagesTests(AdvertiserFixture app) : IClassFixture<AdvertiserFixture>
{
    [Fact]
    public async Task Advertiser_FromFirstCampaignToUndo_Works()
    {
        var video = await app.VideoAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns/new");

        await page.Locator("#submit").WaitForAsync();
        // At most twelve inputs are in sight; segments, buildings and ways of paying count once each.
        Assert.InRange(await page.Locator(".form input:visible:not([type=checkbox]):not([type=radio])").CountAsync() + 3, 4, 12);
        await page.FillAsync("#name", "Autumn");
        await page.CheckAsync("[data-target=Silver]");
        await page.FillAsync("#budget", "900000");
        await page.PressAsync("#budget", "Tab");
        await page.Locator(".summary", new() { HasText = "900,000" }).WaitForAsync();
        await page.Locator(".summary [data-forecast=figures]").WaitForAsync();
        await page.SetInputFilesAsync("[data-file=creative]", video);
        await page.Locator(".upload.chosen video").WaitForAsync();
        await page.ClickAsync("#submit");
        await page.Locator("[data-why=Submitted]").WaitForAsync();

        await page.ClickAsync("[data-do=duplicate]");
        await page.ArriveAsync("/edit$");
        Assert.Equal("Autumn (copy)", await page.InputValueAsync("#name"));
        await page.FillAsync("#name", "Winter");
        await page.PressAsync("#name", "Tab");
        // Leaving asks first.
        await page.Locator(".crumb").ClickAsync();
        await page.Locator(".mud-dialog", new() { HasText = "without saving" }).Locator("button", new() { HasText = "Stay" }).ClickAsync();
        // A second flight, after a rest.
        await page.ClickAsync("[data-do=add-flight]");
        await Assertions.Expect(page.Locator("#flight-2-start")).Not.ToHaveValueAsync("");
        await page.ClickAsync("#save");
        await page.Locator("h1", new() { HasText = "Winter" }).WaitForAsync();
        Assert.Equal(2, (await page.Locator(".campaign-facts span").First.InnerTextAsync()).Split(", ").Length);

        await using (var db = app.NewContext())
            await db.Campaigns.Where(c => c.Name == "Autumn" || c.Name == "Winter")
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        await page.GotoAsync("campaigns?q=t");
        await page.Locator("[data-live=true]").WaitForAsync();
        await page.Locator("[data-campaigns] thead input").CheckAsync();
        await page.ClickAsync("[data-bulk-action=Pause]");
        await page.ClickAsync("[data-do=preview]");
        await Assertions.Expect(page.Locator("[data-taken]")).ToHaveCountAsync(2);
        await page.ClickAsync("[data-do=apply]");
        await Assertions.Expect(page.Locator(".campaign-row [data-phase=Paused]")).ToHaveCountAsync(2);

        await page.Locator(".campaign-link", new() { HasText = "Winter" }).ClickAsync();
        await page.ClickAsync("[data-do=delete]");
        await page.Locator(".mud-dialog button", new() { HasText = "Delete" }).ClickAsync();
        await page.Locator("[data-toast]", new() { HasText = "Winter" }).WaitForAsync();
        Assert.Equal(0, await page.Locator(".campaign-link", new() { HasText = "Winter" }).CountAsync());
        await page.ClickAsync("[data-do=undo]");
        await page.Locator(".campaign-link", new() { HasText = "Winter" }).WaitForAsync();

        await page.Locator(".page-head a", new() { HasText = "Calendar" }).ClickAsync();
        await page.Locator("[data-bar=Paused]").First.WaitForAsync();
        Assert.Contains(", ", await page.Locator("[data-bar=Paused][title^=Winter]").GetAttributeAsync("title"), StringComparison.Ordinal);
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.ArriveAsync(@"/campaigns/calendar\?month=[^/]*$");
        await page.Locator("a[href*='view=table']").ClickAsync();
        await page.ArriveAsync("view=table[^/]*$");
    }

    [Fact]
    public async Task Form_SomebodyElseSavedFirst_SaysSoAndKeepsWhatWasWritten()
    {
        var (id, _) = await app.CampaignAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, $"/campaigns/{id}/edit");
        await page.FillAsync("#name", "Written here");
        await using (var db = app.NewContext())
            await db.Campaigns.Where(c => c.Id == id)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Written there").SetProperty(c => c.Version, 9));
        await page.ClickAsync("#save");
        await page.Locator("[data-conflict]").WaitForAsync();
        Assert.Equal("Written here", await page.InputValueAsync("#name"));
        await page.ClickAsync("[data-do=mine]");
        await page.ClickAsync("#save");
        await page.Locator("h1", new() { HasText = "Written here" }).WaitForAsync();
    }

    [Fact]
    public async Task List_SearchedFromAnywhereAndSavedAsAView_IsThereAgain()
    {
        var (id, _) = await app.CampaignAsync();
        await using (var db = app.NewContext())
            await db.Campaigns.Where(c => c.Id == id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Findable 100%"));
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns");
        await Wait.UntilAsync(async () =>
        {
            await page.Keyboard.PressAsync("Control+K"); // the page listens only a moment after it is live
            return await page.Locator("[data-search]").IsVisibleAsync();
        }, "the search opens");
        await page.Locator("[data-search]").FillAsync("able 100%");
        await page.Locator($"[role=option][data-hit='campaigns/{id}'][aria-selected=true]").WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("h1", new() { HasText = "Findable" }).WaitForAsync();

        await page.GotoAsync("campaigns?q=findable&sort=Name");
        await page.Locator("[data-live=true]").WaitForAsync();
        await page.Locator("[data-views] button").ClickAsync();
        await page.Locator("[data-do=edit-views]").ClickAsync();
        var name = page.Locator("[name=view-name]");
        await name.FillAsync("Just these");
        // As the component library does when the line is slow: who is writing already keeps the focus.
        await page.EvaluateAsync("() => Blazor._internal.domWrapper.focus(document.querySelector('[data-views] button'))");
        await Assertions.Expect(name).ToBeFocusedAsync();
        await name.PressAsync("Enter");
        await page.Locator(".mud-snackbar", new() { HasText = "Just these" }).WaitForAsync();
        await page.GotoAsync("campaigns");
        await page.Locator("[data-live=true]").WaitForAsync();
        await page.Locator("[data-views] button").ClickAsync();
        await page.Locator("[data-view='Just these']").ClickAsync();
        await page.ArriveAsync(@"/campaigns\?q=findable&sort=Name&hide=none$");
        await Assertions.Expect(page.Locator(".campaign-row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task List_FilterChosenBeforeTheCircuitIsThere_IsNotLost()
    {
        await app.CampaignAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns");
        var page = await visitor.NewPageAsync();
        // The circuit never connects: only the page's HTML and its plain scripts are there.
        await page.RouteAsync("**/_blazor**", route => route.AbortAsync());
        await page.RouteAsync("**/_framework/**", route => route.AbortAsync());
        await page.GotoAsync("campaigns?sort=Budget");
        await page.FillAsync("[name=q]", "mine");
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync(@"/campaigns\?sort=Budget&q=mine$");
        await page.Locator("[data-sort=Starts]").ClickAsync();
        await page.ArriveAsync(@"/campaigns\?sort=Starts&q=mine$");
        await page.Locator(".campaign-row").First.WaitForAsync();
    }
}
