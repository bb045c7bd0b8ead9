using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components;

/// <summary>Being signed out for doing nothing, on a clock that runs faster.</summary>
public sealed class IdleTests(IdleTests.Impatient app) : IClassFixture<IdleTests.Impatient>
{
    /// <summary>The app that waits eight seconds, and warns after two.</summary>
    public sealed class Impatient : RolesFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Accounts:Idle"] = "00:00:08", ["Accounts:IdleWarning"] = "00:00:06" };
    }

    [Fact]
    public async Task Idle_WarnsOnAnInteractivePageLetsOtherTabsAnswerAndThenSignsOut()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
        await Expect(page.Locator("#idle")).ToBeVisibleAsync();

        // Activity in another tab: the question disappears here, too.
        var other = await context.NewPageAsync();
        await other.GotoAsync("account/settings");
        await Expect(page.Locator("#idle")).ToBeHiddenAsync();

        // Staying is one press.
        await Expect(page.Locator("#idle")).ToBeVisibleAsync();
        await page.Locator("[data-stay]").ClickAsync();
        await Expect(page.Locator("#idle")).ToBeHiddenAsync();

        // Nobody answers: out, in both tabs, and back to the same place after the next sign-in.
        await page.ArriveAsync(@"/account/login\?error=idle&returnUrl=%2F$");
        await other.ArriveAsync(@"/account/login\?error=idle&returnUrl=%2Faccount%2Fsettings$");
        await Expect(page.Locator("[data-error=idle]")).ToBeVisibleAsync();
        await page.GotoAsync("campaigns");
        await page.ArriveAsync(@"/account/login\?returnUrl=");
        await using var db = app.NewContext();
        Assert.True(await db.AuditEntries.AnyAsync(e => e.Verb == AuditVerb.SignedOutIdle && e.UserName == RolesFixture.Owner));
    }
}
