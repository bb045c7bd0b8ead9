using Bunit;
using FaceAd.Tests.Components.People;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.FirstSteps;
using FaceAd.Web.Components.Layout;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components;

/// <summary>What stands around the pages: the menu, and what a home begins with.</summary>
public sealed class LayoutTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("campaigns", "campaigns")]
    [InlineData("campaigns?state=Ended", "campaigns")]
    [InlineData("campaigns/calendar", "campaigns")]
    [InlineData("campaigns/0192f5a4-0000-7000-8000-000000000000/edit", "campaigns")]
    [InlineData("campaigns/new", "campaigns/new")]
    [InlineData("campaigns/new?site=0192f5a4-0000-7000-8000-000000000000", "campaigns/new")]
    [InlineData("buildings/0192f5a4-0000-7000-8000-000000000000", "buildings")]
    [InlineData("account/settings", null)]
    public async Task Menu_OfAnAdvertiserOnAPage_LightsTheEntryThatMatchesBest(string path, string? entry)
    {
        await using var page = await CircuitPage.OpenAsync<NavMenu>(app, RolesFixture.Owner);
        await page.GoToAsync("organisation");
        await page.SeesAsync("a.active[href=organisation]");
        await page.GoToAsync(path);
        string[] lit = entry is null ? [] : [entry];
        await page.View.WaitForAssertionAsync(
            () => Assert.Equal(lit, page.View.FindAll("a.active").Select(a => a.GetAttribute("href"))), Wait.Limit);
    }

    [Fact]
    public async Task Menu_OpenedOnAPhoneBeforeTheCircuitStarts_StaysOpen()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address, 390, 844);
        var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        TaskCompletionSource released = new();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await released.Task;
            await route.ContinueAsync();
        });
        await page.ReloadAsync(new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.Locator("[data-menu]").ClickAsync();
        await Expect(page.Locator("#panel .floors a").First).ToBeVisibleAsync();
        await Expect(page.Locator(".shell[data-live=false]")).ToHaveCountAsync(1);
        released.SetResult();
        await Expect(page.Locator(".shell[data-live=true]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-menu]")).ToHaveAttributeAsync("aria-expanded", "true");
        await Expect(page.Locator("#panel .floors a").First).ToBeVisibleAsync();
        await page.Locator("[data-menu]").ClickAsync();
        await Expect(page.Locator("#panel")).ToBeHiddenAsync();
    }

    [Theory]
    [InlineData(RolesFixture.Analyst, "Follow Report Metrics")]
    [InlineData(RolesFixture.MediaAnalyst, "Network Audience Follow Report Metrics")]
    public async Task FirstSteps_OfOneWhoOnlyLooks_LeadWhereThereIsSomethingUntilHidden(string email, string steps)
    {
        var reader = app.Services.GetRequiredService<FirstStepsReader>();
        var viewer = await app.ViewerAsync(email);
        await using var page = await CircuitPage.OpenAsync<FirstStepsCard>(app, email);
        await page.SeesAsync("[data-step]");
        Assert.Equal(steps.Split(' '), page.View.FindAll("[data-step]").Select(s => s.GetAttribute("data-step")));
        using var visitor = await app.SignInAsync(email);
        foreach (var href in page.View.FindAll("[data-step] a").Select(a => a.GetAttribute("href")!))
        {
            using var answer = await visitor.Http.GetAsync(new Uri(href, UriKind.Relative));
            Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        }

        await page.PressAsync("[data-do=close-first]");
        await page.SeesAsync("[data-do=undo]");
        Assert.Null(await reader.ReadAsync(viewer));
        await page.PressAsync("[data-do=undo]");
        await page.SeesAsync("[data-step]");
    }
}
