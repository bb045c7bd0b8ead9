using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components;

/// <summary>Accounts in a real browser, in both languages.</summary>
public sealed class AccountPagesTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Theory]
    [InlineData("campaigns/new", "#name")] // its guard is the server's
    [InlineData("account/settings", "[name=name]")] // a plain form
    public async Task SignOut_WithUnsavedInput_AsksFirst(string path, string field)
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await SignInAsync(context, RolesFixture.Owner);
        await page.GotoAsync(path);
        await page.Locator(path == "campaigns/new" ? "[data-live=true]" : field).WaitForAsync();
        await page.FillAsync(field, "Autumn");
        Queue<bool> leave = new([false, true]);
        page.Dialog += (_, dialog) => _ = leave.Dequeue() ? dialog.AcceptAsync() : dialog.DismissAsync();
        await page.Locator(".who form button").ClickAsync();
        await Expect(page.Locator(field)).ToHaveValueAsync("Autumn");
        Assert.Single(leave);
        await page.Locator(".who form button").ClickAsync();
        await page.ArriveAsync("/account/login");
        Assert.Empty(leave);
    }

    [Theory]
    [InlineData("en-US", "Check your e-mail", "Your first campaign", "API tokens")]
    [InlineData("ko-KR", "메일을 확인하세요", "첫 캠페인", "API 토큰")]
    public async Task Newcomer_FromSignUpToTwoFactorsAndAnInvitation_GetsIn(string locale, string sent, string first, string tokens)
    {
        var (email, invitee, company) = (app.NewAddress(), app.NewAddress(), $"새 회사 {Guid.NewGuid():N}");
        await using var context = await TestBrowser.NewContextAsync(app.Address, locale: locale);
        var page = await context.NewPageAsync();
        List<string> errors = [];
        page.Console += (_, message) =>
        {
            if (message.IsError()) errors.Add(message.Text);
        };

        // Sign up, and prove the address by the mail
        await page.GotoAsync(app.MailboxLink);
        await page.GotoAsync("account/login");
        await page.Locator("a[href='account/sign-up']").ClickAsync();
        await page.Locator("[name=organisation]").FillAsync(company);
        await page.Locator("[name=name]").FillAsync("김하늘");
        await page.Locator("[name=email]").FillAsync(email);
        await page.Locator("[name=password]").FillAsync(PeopleFixture.Password);
        await page.Locator("button.mud-button-filled").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(sent);
        await page.Locator("a[href='account/mailbox']").ClickAsync();
        await page.Locator($"[data-mail='{email}'] a[href*='/account/confirm?']").ClickAsync();
        await page.Locator("[data-do=confirm]").ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync(first);

        // Two factors
        await page.GotoAsync("account/settings");
        await page.Locator("[data-do=two-factor]").ClickAsync();
        await Expect(page.Locator(".qr svg")).ToBeVisibleAsync();
        var codes = AuthenticatorCodes.Of((await page.Locator("[data-key]").GetAttributeAsync("data-key"))!);
        await page.Locator("[name=code]").FillAsync(Code(codes, 0));
        await page.Locator("[data-do=enable]").ClickAsync();
        await Expect(page.Locator("[data-codes] li")).ToHaveCountAsync(10);
        await page.Locator(".who form button").ClickAsync();
        await page.ArriveAsync("/account/login");
        await page.Locator("[name=email]").FillAsync(email);
        await page.Locator("[name=password]").FillAsync(PeopleFixture.Password);
        await page.Locator("button.mud-button-filled").ClickAsync();
        await page.Locator("[name=code]").FillAsync(Code(codes, 1));
        await page.Locator("button.mud-button-filled").ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync(first);

        // A read-only member joins
        await page.Locator(".floors a[href='organisation']").ClickAsync();
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
        await page.Locator("[data-do=invite]").ClickAsync();
        await page.Locator(".mud-dialog [name=email]").FillAsync(invitee);
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync(); // the role is the least at first: read-only
        await Expect(page.Locator($"[data-invitation='{invitee}']")).ToBeVisibleAsync();
        await page.Locator("a[href='organisation/tokens']").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(tokens);
        await page.Locator(".who form button").ClickAsync();
        await page.ArriveAsync("/account/login");
        await page.GotoAsync(await app.LinkAsync(invitee));
        await page.Locator("[name=name]").FillAsync("Guest");
        await page.Locator("[name=password]").FillAsync(PeopleFixture.Password);
        await page.Locator("button.mud-button-filled").ClickAsync();
        await page.ArriveAsync("/$");
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
        await Expect(page.Locator("a[href='campaigns/new']")).ToHaveCountAsync(0);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Menu_OnAPhoneWithoutACircuit_OpensAndTheSettingsFit()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address, 390, 844);
        var page = await SignInAsync(context, RolesFixture.Owner);
        foreach (var path in new[] { "account/settings", "account/settings/two-factor" })
        {
            await page.GotoAsync(path);
            Assert.Equal(390, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
            await page.Locator("[data-menu]").ClickAsync();
            await Expect(page.Locator(".panel .floors a").First).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task OtherAdvertisersCampaign_InABrowser_IsNotThereAndSubscribesToNothing()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await SignInAsync(context, RolesFixture.OtherOwner);
        var answer = await page.GotoAsync($"campaigns/{campaign.Id}");
        Assert.Equal(404, answer!.Status);
        await page.GotoAsync("campaigns");
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
        await page.EvaluateAsync($"() => Blazor.navigateTo('/campaigns/{campaign.Id}')"); // over the open circuit
        await Expect(page.Locator(".floor-display")).ToHaveTextAsync("404");
    }

    [Fact]
    public async Task Session_EndedFromAnotherBrowser_ClosesThePageThatIsOpenThere()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        await using var lost = await TestBrowser.NewContextAsync(app.Address);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var open = await SignInAsync(lost, email);
        await Expect(open.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
        var page = await SignInAsync(context, email);
        await page.GotoAsync("account/settings");
        await Expect(page.Locator("[data-browsers] tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("tr:has([data-here]) [data-do=end-session]")).ToHaveCountAsync(0);
        await Expect(page.Locator("tr:has([data-here]) th")).ToContainTextAsync("Chrome on Linux");
        await page.Locator("[data-do=end-session]").ClickAsync();
        await Expect(page.Locator("[data-done=session]")).ToBeInViewportAsync();
        await open.ArriveAsync(@"/account/login\?error=ended&returnUrl=%2F$");
        await page.GotoAsync("campaigns");
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Session_EndedBeforeItsPageConnects_GetsNoLivePage()
    {
        var (_, email) = await app.AddUserAsync(app.First, Roles.Advertiser);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await SignInAsync(context, email);
        await Expect(page.Locator(".shell[data-live=true]")).ToBeVisibleAsync(); // its own connection is not meant
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await using (var db = app.NewContext()) await db.Sessions.Where(s => s.UserId == db.Users.Single(u => u.Email == email).Id)
                .ExecuteDeleteAsync();
            await route.ContinueAsync();
        });
        await page.GotoAsync("campaigns/new");
        await page.ArriveAsync(@"/account/login\?returnUrl=%2Fcampaigns%2Fnew$");
    }

    internal static async Task<IPage> SignInAsync(IBrowserContext context, string email)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("account/login");
        await page.Locator("[name=email]").FillAsync(email);
        await page.Locator("[name=password]").FillAsync(PeopleFixture.Password);
        await page.Locator("button.mud-button-filled").ClickAsync();
        await page.ArriveAsync("/(campaigns|admin/overview)?$");
        return page;
    }

    private static string Code(Totp codes, int ahead) =>
        codes.ComputeTotp(TimeProvider.System.GetUtcNow().AddSeconds(30 * ahead).UtcDateTime);
}
