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

namespace FaceAd.Tests.Components.Walk;

/// <summary>A page to look at.</summary>
/// <param name="Route">Its route.</param>
/// <param name="Who">Who opens it; empty: nobody in particular.</param>
/// <param name="Path">Its address, where that is not the route.</param>
public sealed record PageStop(string Route, string Who, string? Path = null)
{
    /// <summary>Buttons of the page that open a dialog.</summary>
    public IReadOnlyList<string> Dialogs { get; init; } = [];

    /// <summary>
    /// What is pressed, and what appears then, in this order; looked at each time. A button that this width does not have is left out.
    /// </summary>
    public IReadOnlyList<(string Press, string Appears)> Opens { get; init; } = [];

    /// <summary>What it answers; 0: that does not matter.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Address under the app's.</summary>
    public string Address => (Path ?? Route).TrimStart('/');
}

/// <summary>Looks at pages in a real Chromium: axe, and what page-checks.js asks beyond it.</summary>
internal static class PageWalk
{
    public const string Nobody = "";
    public const int Wide = 1440, Phone = 390;

    private const string Everything = "() => pageChecks.axe()";
    private const string Colours = "() => pageChecks.axe(null, ['color-contrast'])"; // all that a theme changes

    // All that a width or a language may change beside it: what is shown at all, how large, and what it is called.
    private const string Widths = """
        () => pageChecks.axe(null, ['color-contrast', 'target-size', 'scrollable-region-focusable', 'button-name', 'link-name', 'label',
            'heading-order', 'landmark-one-main', 'region', 'page-has-heading-one', 'empty-table-header'])
        """;

    private const float DialogPatience = 20_000; // milliseconds; a dialog that never does it makes one line of the list

    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js"));
    private static readonly string Checks = File.ReadAllText(
        Path.Combine(Repository.Root, "FaceAd.Tests", "Components", "Walk", "page-checks.js"));

    private static readonly Lazy<string[]> Prefixes = new(() =>
        [.. XDocument.Load(Path.Combine(Repository.Root, "FaceAd.Web", "Language", "Texts.resx")).Root!.Elements("data")
        .Select(d => d.Attribute("name")!.Value).Where(k => k.Contains('.', StringComparison.Ordinal))
        .Select(k => k[..k.IndexOf('.', StringComparison.Ordinal)]).Distinct()]);

    /// <summary>The pages of an app by their routes, from the app itself.</summary>
    public static Dictionary<string, Type> PagesOf(AppFixture app) =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(e => (Route: "/" + e.RoutePattern.RawText!.Trim('/'), Page: e.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type))
        .Where(e => e.Page is not null).DistinctBy(e => e.Route).ToDictionary(e => e.Route, e => e.Page!);

    /// <summary>Looks at each page; fails with everything that is wrong anywhere.</summary>
    /// <param name="app">The app.</param>
    /// <param name="stops">Its pages.</param>
    /// <param name="language">Language of the browser.</param>
    /// <param name="theme">light or dark.</param>
    /// <param name="width">CSS pixels.</param>
    /// <param name="isFirst">
    /// The first of two walks asks axe everything and looks at each stop; the second looks at each page once, and asks what may have
    /// changed.
    /// </param>
    public static async Task WalkAsync(
        AppFixture app, IReadOnlyList<PageStop> stops, string language, string theme, int width, bool isFirst)
    {
        var pages = PagesOf(app);
        ConcurrentBag<string> wrong = [];
        var walks = (isFirst ? stops : stops.DistinctBy(s => (s.Who, s.Route))).GroupBy(s => s.Who).Select(async group =>
        {
            await using var context = await TestBrowser.NewContextAsync(
                app.Address, width, width == Wide ? 900 : 844, language == "ko" ? "ko-KR" : "en-US");
            await context.AddCookiesAsync([new() { Name = "facead.theme", Value = theme, Url = app.Address.ToString() }]);
            await context.AddInitScriptAsync(Axe);
            await context.AddInitScriptAsync(Checks);
            var page = await context.NewPageAsync();
            if (group.Key != Nobody) await SignInAsync(page, group.Key);
            foreach (var stop in group)
            {
                foreach (var line in await LookAsync(page, stop, pages[stop.Route], language, theme, width, isFirst))
                    wrong.Add($"{stop.Address} as {(stop.Who == Nobody ? "nobody" : stop.Who)}, {language} {theme} {width}: {line}");
            }
        });
        await Task.WhenAll(walks);
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    private static async Task<List<string>> LookAsync(
        IPage page, PageStop stop, Type component, string language, string theme, int width, bool isFirst)
    {
        List<string> wrong = [];
        void Hear(object? _, IConsoleMessage message)
        {
            if (message.IsError()
                && !(stop.Status != 200
                    && message.Text.Contains("the server responded with a status of", StringComparison.Ordinal))) wrong.Add(
                        $"console: {message.Text}");
        }
        void Fail(object? _, string error) => wrong.Add($"script: {error}");
        page.Console += Hear;
        page.PageError += Fail;
        try
        {
            var answer = await page.GotoAsync(stop.Address);
            if (stop.Status != 0 && answer!.Status != stop.Status) wrong.Add($"answers {answer.Status}");
            var alive = !component.IsDefined(typeof(ExcludeFromInteractiveRoutingAttribute), true);
            await page.WaitForFunctionAsync("alive => !pageChecks.waits(alive)", alive);
            await page.Keyboard.PressAsync("Tab"); // from now on the browser shows where the keyboard is
            wrong.AddRange(
                await page.EvaluateAsync<string[]>(
                    "([language, prefixes]) => pageChecks.rules(language, prefixes)", new object[] { language, Prefixes.Value }));
            wrong.AddRange(await page.EvaluateAsync<string[]>(isFirst ? Everything : Widths));
            wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.focus(40)"));
            wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.sideways()"));
            wrong.AddRange(await OtherwiseAsync(page, theme, width));
            foreach (var dialog in stop.Dialogs)
                wrong.AddRange((await DialogAsync(page, dialog, theme)).Select(line => $"{dialog}: {line}"));
            foreach (var (press, appears) in stop.Opens)
            {
                if (!await page.Locator(press).First.IsVisibleAsync()) continue;
                await page.Locator(press).First.ClickAsync();
                var opened = page.Locator(appears).First;
                await opened.WaitForAsync();
                wrong.AddRange((await opened.EvaluateAsync<string[]>("part => pageChecks.axe(part)"))
                    .Concat(await OtherColoursAsync(page, opened, theme)).Select(line => $"{appears}: {line}"));
            }
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            wrong.Add($"{e.Message} Waits for: {await page.EvaluateAsync<string?>("() => pageChecks.waits(true)") ?? "nothing"}");
        }
        page.Console -= Hear;
        page.PageError -= Fail;
        return wrong;
    }

    // The same page in the other theme at the other width. The other walk begins with one of both exchanged, so that the colours of all
    // four pairs are looked at.
    private static async Task<List<string>> OtherwiseAsync(IPage page, string theme, int width)
    {
        List<string> wrong = [];
        var (other, otherTheme) = (width == Wide ? Phone : Wide, theme == "light" ? "dark" : "light");
        await ResizeAsync(page, other);
        await page.EvaluateAsync("choice => pageChecks.theme(choice)", otherTheme);
        wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.sideways()"));
        wrong.AddRange(await page.EvaluateAsync<string[]>(Colours));
        await ResizeAsync(page, width);
        await page.EvaluateAsync("choice => pageChecks.theme(choice)", theme);
        return [.. wrong.Select(line => $"{otherTheme} {other}: {line}")];
    }

    // The colours of a part, in the other theme.
    private static async Task<IEnumerable<string>> OtherColoursAsync(IPage page, ILocator part, string theme)
    {
        var other = theme == "light" ? "dark" : "light";
        await page.EvaluateAsync("choice => pageChecks.theme(choice)", other);
        var wrong = await part.EvaluateAsync<string[]>("part => pageChecks.axe(part, ['color-contrast'])");
        await page.EvaluateAsync("choice => pageChecks.theme(choice)", theme);
        return wrong.Select(line => $"{other}: {line}");
    }

    private static Task ResizeAsync(IPage page, int width) => page.SetViewportSizeAsync(width, width == Wide ? 900 : 844);

    /// <summary>Opens a dialog by the keyboard: it takes the focus, keeps it, and gives it back when Escape closes it.</summary>
    private static async Task<List<string>> DialogAsync(IPage page, string opener, string theme)
    {
        List<string> wrong = [];
        var button = page.Locator(opener).First;
        await button.PressAsync("Enter"); // in one step: a live page may be drawn again between a focus and a key
        await Expect(page.Locator(".mud-dialog")).ToBeVisibleAsync();
        wrong.AddRange(await page.EvaluateAsync<string[]>("() => pageChecks.axe('.mud-dialog')"));
        wrong.AddRange(await OtherColoursAsync(page, page.Locator(".mud-dialog").First, theme));
        const string Inside = "() => !!document.activeElement.closest('.mud-dialog')";
        try
        {
            await page.WaitForFunctionAsync(Inside, null, new() { Timeout = DialogPatience });
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
            await Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(0, new() { Timeout = DialogPatience });
            await page.WaitForFunctionAsync(
                "opener => document.activeElement === document.querySelector(opener)", opener, new() { Timeout = DialogPatience });
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            wrong.Add(
                $"Escape leaves the focus on {await page.EvaluateAsync<string>("() => document.activeElement.outerHTML.slice(0, 120)")}");
        }
        return wrong;
    }

    private static async Task SignInAsync(IPage page, string email)
    {
        await page.GotoAsync("account/login");
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", PeopleFixture.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".shell").WaitForAsync();
    }
}
