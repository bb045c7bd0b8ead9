using System.Collections.Concurrent;
using System.Xml.Linq;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components;

/// <summary>
/// Every page of the app in both languages, light and dark, on a desk and on a phone: axe finds nothing, nothing is cut off, the keyboard's place can
/// be seen. The pages come from the app itself: one that is not named here fails the test.
/// </summary>
public sealed class PageWalkTests(PageWalkFixture app) : IClassFixture<PageWalkFixture>
{
    private const string Nobody = "";
    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js"));
    private static readonly string Checks = File.ReadAllText(Path.Combine(Repository.Root, "FaceAd.Tests", "Components", "page-checks.js"));

    /// <summary>A page to look at.</summary>
    /// <param name="Route">Its route.</param>
    /// <param name="Who">Who opens it.</param>
    /// <param name="Path">Its address.</param>
    private sealed record Stop(string Route, string Who, string? Path = null)
    {
        /// <summary>Buttons that open a dialog; several, divided by " then ", are pressed one after the other.</summary>
        public string[] Dialogs { get; init; } = [];

        /// <summary>What it answers.</summary>
        public int Status { get; init; } = 200;

        public string Address => (Path ?? Route).TrimStart('/');
    }

    private Stop[] Stops =>
    [
        new("/account/login", Nobody),
        new("/account/login", Nobody, "account/login?error=wrong"),
        new("/account/sign-up", Nobody),
        new("/account/sent", Nobody, "account/sent?what=sign-up"),
        new("/account/confirm", Nobody, app.Links["confirm"]),
        new("/account/confirm", Nobody, "account/confirm?token=none"),
        new("/account/confirm/again", Nobody),
        new("/account/forgot", Nobody),
        new("/account/reset", Nobody, app.Links["reset"]),
        new("/account/reset", Nobody, "account/reset?token=none"),
        new("/account/email", Nobody, app.Links["email"]),
        new("/account/invitation", Nobody, app.Links["invitation"]),
        new("/account/two-factor", Nobody),
        new("/account/mailbox", Nobody),
        new("/account/denied", Nobody),
        new("/error", Nobody) { Status = 0 },
        new("/not-found", Nobody) { Status = 0 },
        new("/r/{Token}", Nobody, app.SharedReport),
        new("/r/{Token}", Nobody, "r/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") { Status = 404 },

        new("/", RolesFixture.Owner),
        new("/campaigns", RolesFixture.Owner),
        new("/campaigns/calendar", RolesFixture.Owner),
        new("/campaigns/new", RolesFixture.Owner),
        new("/campaigns/deleted", RolesFixture.Owner),
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{app.Running}") { Dialogs = ["[data-do=open-share]"] },
        new("/campaigns/{Id:guid}", RolesFixture.Owner, $"campaigns/{app.Draft}"),
        new("/campaigns/{Id:guid}/edit", RolesFixture.Owner, $"campaigns/{app.Draft}/edit"),
        new("/campaigns/{Id:guid}/report", RolesFixture.Owner, $"campaigns/{app.Running}/report"),
        new("/notifications", RolesFixture.Owner),
        new("/organisation", RolesFixture.Owner),
        new("/organisation/tokens", RolesFixture.Owner),
        new("/account/settings", RolesFixture.Owner),
        new("/account/settings/two-factor", RolesFixture.Owner),

        new("/campaigns", RolesFixture.OtherOwner),
        new("/campaigns", RolesFixture.OtherOwner, "campaigns?q=nothing"),
        new("/campaigns/calendar", RolesFixture.OtherOwner),
        new("/campaigns/deleted", RolesFixture.OtherOwner),
        new("/notifications", RolesFixture.OtherOwner),
        new("/organisation/tokens", RolesFixture.OtherOwner),

        new("/admin", PeopleFixture.Admin),
        new("/admin/overview", PeopleFixture.Admin),
        new("/admin/approvals", PeopleFixture.Admin) { Dialogs = ["[data-do=reject]"] },
        new("/admin/screens", PeopleFixture.Admin) { Dialogs = ["[data-do=new-site]", "[data-do=new-screen]", "[data-do=consent]", "[data-do=revoke]"] },
        new("/admin/groups", PeopleFixture.Admin),
        new("/admin/live", PeopleFixture.Admin),
        new("/admin/audience", PeopleFixture.Admin),
        new("/admin/privacy", PeopleFixture.Admin),
        new("/admin/audit", PeopleFixture.Admin),
        new("/campaigns/{Id:guid}", PeopleFixture.Admin, $"campaigns/{app.Waiting}"),
        new("/campaigns/new", RolesFixture.Analyst) { Status = 0 },
    ];

    [Fact]
    public void Pages_OfTheApp_AreAllWalked()
    {
        var routes = Pages().Keys.ToList();
        Assert.True(routes.Count > 30, "The pages of the app were not found.");
        Assert.Empty(routes.Except(Stops.Select(s => s.Route)));
        Assert.Empty(Stops.Select(s => s.Route).Except(routes));
    }

    [Theory]
    [InlineData("ko", "light", 1440)]
    [InlineData("en", "dark", 390)]
    public async Task Page_Each_PassesAxeAndFits(string language, string theme, int width)
    {
        var pages = Pages();
        ConcurrentBag<string> wrong = [];
        var walks = Stops.GroupBy(s => s.Who).Select(async stops =>
        {
            await using var context = await TestBrowser.NewContextAsync(app.Address, width, width > 900 ? 900 : 844, language == "ko" ? "ko-KR" : "en-US");
            await context.AddCookiesAsync([new() { Name = "facead.theme", Value = theme, Url = app.Address.ToString() }]);
            await context.AddInitScriptAsync(Axe);
            await context.AddInitScriptAsync(Checks);
            var page = await context.NewPageAsync();
            await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
            if (stops.Key != Nobody) await SignInAsync(page, stops.Key);
            foreach (var stop in stops)
            {
                foreach (var line in await LookAsync(page, stop, pages[stop.Route], language, width)) wrong.Add($"{stop.Address} as {(stop.Who == Nobody ? "nobody" : stop.Who)}, {language} {theme} {width}: {line}");
            }
        });
        await Task.WhenAll(walks);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    private static async Task<List<string>> LookAsync(IPage page, Stop stop, Type component, string language, int width)
    {
        List<string> wrong = [];
        void Hear(object? _, IConsoleMessage message)
        {
            if (message.Type == "error" && !(stop.Status != 200 && message.Text.Contains("the server responded with a status of", StringComparison.Ordinal))) wrong.Add($"console: {message.Text}");
        }
        void Fail(object? _, string error) => wrong.Add($"script: {error}");
        page.Console += Hear;
        page.PageError += Fail;
        try
        {
            var answer = await page.GotoAsync(stop.Address);
            if (stop.Status != 0 && answer!.Status != stop.Status) wrong.Add($"answers {answer.Status}");
            var alive = !component.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute), true);
            await page.WaitForFunctionAsync("alive => document.readyState === 'complete' && (!alive || !document.querySelector('.shell[data-live=false]')) && !document.querySelector('.skeleton, [aria-busy=true]')", alive);
            await page.Keyboard.PressAsync("Tab"); // from now on the browser shows where the keyboard is
            wrong.AddRange(await page.EvaluateAsync<string[]>("([language, prefixes]) => pageChecks.rules(language, prefixes)", new object[] { language, Prefixes.Value }));
            wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.axe()"));
            wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.focus(40)"));
            foreach (var dialog in stop.Dialogs) wrong.AddRange((await DialogAsync(page, dialog)).Select(line => $"{dialog}: {line}"));
            if (width > 390) await page.SetViewportSizeAsync(390, 844);
            wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.sideways()"));
            if (width > 390) await page.SetViewportSizeAsync(width, 900);
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            wrong.Add(e.Message);
        }
        page.Console -= Hear;
        page.PageError -= Fail;
        return wrong;
    }

    /// <summary>Opens a dialog by the keyboard: it takes the focus, keeps it, and gives it back when Escape closes it.</summary>
    private static async Task<List<string>> DialogAsync(IPage page, string opener)
    {
        List<string> wrong = [];
        var button = page.Locator(opener).First;
        await button.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".rz-dialog")).ToBeVisibleAsync();
        wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.axe('.rz-dialog')"));
        const string Inside = "() => !!document.activeElement.closest('.rz-dialog')";
        try
        {
            await page.WaitForFunctionAsync(Inside, null, new() { Timeout = 3000 });
        }
        catch (TimeoutException)
        {
            wrong.Add("does not take the focus");
        }
        for (var i = 0; i < 14; i++)
        {
            await page.Keyboard.PressAsync(i < 12 ? "Tab" : "Shift+Tab");
            if (await page.EvaluateAsync<bool>(Inside)) continue;
            wrong.Add($"loses the focus to {await page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 120)")}");
            break;
        }
        await page.Keyboard.PressAsync("Escape");
        try
        {
            await Expect(page.Locator(".rz-dialog")).ToHaveCountAsync(0, new() { Timeout = 3000 });
            await page.WaitForFunctionAsync("opener => document.activeElement === document.querySelector(opener)", opener, new() { Timeout = 3000 });
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            wrong.Add($"Escape leaves the focus on {await page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 120)")}");
        }
        return wrong;
    }

    private static readonly Lazy<string[]> Prefixes = new(() => [.. XDocument.Load(Path.Combine(Repository.Root, "FaceAd.Web", "Components", "Texts.resx")).Root!.Elements("data")
        .Select(d => d.Attribute("name")!.Value).Where(k => k.Contains('.', StringComparison.Ordinal)).Select(k => k[..k.IndexOf('.', StringComparison.Ordinal)]).Distinct()]);

    private Dictionary<string, Type> Pages() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(e => (Route: "/" + e.RoutePattern.RawText!.Trim('/'), Page: e.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type))
        .Where(e => e.Page is not null).DistinctBy(e => e.Route).ToDictionary(e => e.Route, e => e.Page!);

    private static async Task SignInAsync(IPage page, string email)
    {
        await page.GotoAsync("account/login");
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", PeopleFixture.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
    }
}
