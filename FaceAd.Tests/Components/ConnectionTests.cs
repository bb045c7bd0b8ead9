using System.Net;
using FaceAd.Bench.Nodes;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.Components;

/// <summary>What open pages do while the server is away, and when it is back: with a server that really stops and starts.</summary>
public sealed class ConnectionTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Server_StoppedAndStartedAgain_PagesSaySoStayReadableAndComeBackWithoutLosingWhatWasTyped()
    {
        var before = new Restarting(null, 0);
        await before.InitializeAsync();
        var after = new Restarting(before, before.Address.Port);
        try
        {
            await StopAndStartAsync(before, after);
        }
        finally
        {
            await after.StopAsync();
            await before.DisposeAsync();
        }
    }

    private static async Task StopAndStartAsync(Restarting before, Restarting after)
    {
        var campaign = await before.AddCampaignAsync(before.First);
        await using var context = await TestBrowser.NewContextAsync(before.Address, locale: "ko-KR");
        var reading = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        await reading.GotoAsync($"campaigns/{campaign.Id}");
        await Expect(reading.Locator("[data-live=true]")).ToBeVisibleAsync();
        var writing = await context.NewPageAsync();
        await writing.GotoAsync($"campaigns/{campaign.Id}/edit");
        await Expect(writing.Locator("[data-live=true]")).ToBeVisibleAsync();
        await writing.FillAsync("#name", "가을 세일");
        await reading.EvaluateAsync("() => { window.before = true; }");

        await before.StopAsync();
        await Expect(reading.Locator(".connection p[data-when=lost]")).ToHaveTextAsync("연결이 끊어졌습니다. 화면은 멈춘 상태이며, 다시 연결하는 중입니다…");
        await Expect(reading.Locator("h1")).ToHaveTextAsync("Campaign");
        await Expect(writing.Locator(".connection p[data-when=lost]")).ToBeVisibleAsync();
        await Expect(writing.Locator("#name")).ToBeFocusedAsync(); // the notice interrupts nobody
        // What nobody would hear does not look as if it had been heard.
        await reading.Locator(".floors a[href='campaigns']").ClickAsync();
        await writing.ClickAsync("#save");
        await Expect(writing.Locator(".reconnect.nudge")).ToBeVisibleAsync();
        await Expect(reading.Locator(".reconnect.nudge")).ToBeVisibleAsync();
        await Expect(writing.Locator("#blazor-error-ui")).ToBeHiddenAsync();
        await writing.FillAsync("#budget", "3,000,000");

        await after.InitializeAsync();
        await reading.WaitForFunctionAsync(
            "() => !window.before && document.querySelector('[data-live=true]') && !document.documentElement.dataset.connection");
        await Expect(reading.Locator("h1")).ToHaveTextAsync("Campaign");
        await Expect(writing.Locator(".connection p[data-when=back]")).ToBeVisibleAsync();
        Assert.Equal(("가을 세일", "3,000,000"), (await writing.InputValueAsync("#name"), await writing.InputValueAsync("#budget")));
        await writing.Locator("[data-when=back][data-reload]").ClickAsync();
        await Expect(writing.Locator("[data-live=true]")).ToBeVisibleAsync();
        await Expect(writing.Locator("#name")).ToHaveValueAsync("Campaign");
    }

    [Fact]
    public async Task Circuit_ForgottenWhileAway_LeavesWhatWasTyped()
    {
        var forgetful = new Forgetful();
        await forgetful.InitializeAsync();
        await using var proxy = new CuttingProxy(forgetful.Address);
        try
        {
            await using var context = await TestBrowser.NewContextAsync(proxy.Address);
            var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
            await page.GotoAsync("campaigns/new");
            await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
            await page.FillAsync("#name", "가을 세일");
            proxy.CutEach(1, 1);
            await page.FillAsync("#budget", "3,000,000");
            await Expect(page.Locator(".connection p[data-when=back]")).ToBeVisibleAsync();
            Assert.Equal(("가을 세일", "3,000,000"), (await page.InputValueAsync("#name"), await page.InputValueAsync("#budget")));
            Assert.Equal(1, proxy.Cuts);
        }
        finally
        {
            await forgetful.DisposeAsync();
        }
    }

    [Fact]
    public async Task Network_GoneAndBack_IsSaidAtOnceAndThenNoMore()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await context.SetOfflineAsync(true);
        await Expect(page.Locator(".connection p[data-when=offline], .connection p[data-when=lost]").Locator("visible=true"))
            .ToHaveCountAsync(1);
        await context.SetOfflineAsync(false);
        await Expect(page.Locator(".reconnect")).ToBeHiddenAsync();
        await page.Locator(".floors a[href='campaigns/new']").ClickAsync();
        await Expect(page.Locator("#name")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Button_PressedBeforeThePageIsLive_IsAnsweredOnceItIs()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        var isPressed = new TaskCompletionSource();
        await page.RouteAsync("**/_blazor/negotiate**", async route =>
        {
            await isPressed.Task; // a slow line
            await route.ContinueAsync();
        });
        await page.GotoAsync($"campaigns/{campaign.Id}", new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        await page.Locator("[data-do=delete]").ClickAsync();
        await Expect(page.Locator("[data-live=false] [data-do=delete][aria-busy=true]")).ToBeVisibleAsync();
        isPressed.SetResult();
        await Expect(page.Locator(".mud-dialog")).ToContainTextAsync(campaign.Name);
        await Expect(page.Locator(".mud-dialog")).ToHaveCountAsync(1); // once
    }

    [Fact]
    public async Task Page_WhoseTimersRest_KeepsItsConnection()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        // As a browser does with the timers of a page that is behind others.
        await context.AddInitScriptAsync("const real = window.setTimeout; window.setTimeout = (what, delay, ...rest) => real(what, window.behind ? Math.max(delay ?? 0, 30000) : delay, ...rest);");
        var (page, closed) = await OpenAsync(context, "campaigns");
        await page.EvaluateAsync("() => { window.behind = true; }");
        await Task.Delay(TimeSpan.FromSeconds(25));
        await page.EvaluateAsync("() => { window.behind = false; }");
        await page.Locator(".floors a[href='campaigns/new']").ClickAsync();
        await Expect(page.Locator("#name")).ToBeVisibleAsync();
        Assert.False(closed.Task.IsCompleted);
    }

    [Fact]
    public async Task Field_WithMoreTextThanAScreenMayReport_LeavesThePageConnected()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var (page, closed) = await OpenAsync(context, "campaigns/new");
        await page.FillAsync("#budget", new string('9', 60_000));
        await page.PressAsync("#budget", "Tab");
        await page.FillAsync("#budget", "900000");
        await page.PressAsync("#budget", "Tab");
        await Expect(page.Locator(".summary")).ToContainTextAsync("900,000");
        Assert.False(closed.Task.IsCompleted);
    }

    private static async Task<(IPage Page, TaskCompletionSource Closed)> OpenAsync(IBrowserContext context, string path)
    {
        var page = await AccountPagesTests.SignInAsync(context, RolesFixture.Owner);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        TaskCompletionSource closed = new();
        List<IWebSocket> sockets = [];
        page.WebSocket += (_, socket) =>
        {
            sockets.Add(socket);
            socket.Close += (_, _) => closed.TrySetResult();
        };
        await page.GotoAsync(path);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        Assert.Single(sockets);
        return (page, closed);
    }

    [Theory]
    [InlineData("ko", "만료된 페이지입니다")]
    [InlineData("en", "This form has expired")]
    public async Task Form_WithoutItsToken_IsAnsweredInWords(string language, string title)
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Add("Accept", "text/html,application/xhtml+xml");
        client.DefaultRequestHeaders.Add("Accept-Language", language);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("email", "a@example.com")]);
        using var answer = await client.PostAsync("account/login", form);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(title, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        // A program that asks for no page gets none.
        client.DefaultRequestHeaders.Remove("Accept");
        using var bare = await client.PostAsync("account/login", form);
        Assert.Equal(400, (int)bare.StatusCode);
        Assert.DoesNotContain("<html", await bare.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ThatIsNotThere_SaysSoInTheReadersLanguage()
    {
        using var client = app.NewClient();
        client.DefaultRequestHeaders.Add("Accept-Language", "ko");
        using var answer = await client.GetAsync("nothing-here");
        Assert.Equal(404, (int)answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("data-notice=\"404\"", page, StringComparison.Ordinal);
        Assert.Contains("lang=\"ko\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ThatBreaks_LeavesItsFrameAndWorksAgainWhenTheCauseIsGone()
    {
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await AccountPagesTests.SignInAsync(context, PeopleFixture.Admin);
        await Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await using var db = app.NewContext();
        await db.Database.ExecuteSqlRawAsync("ALTER TABLE site_groups RENAME TO away");
        try
        {
            // Over the circuit: the menu stays.
            await page.EvaluateAsync("() => Blazor.navigateTo('admin/groups')");
            await Expect(page.Locator("[data-notice='500'] h1")).ToHaveTextAsync("Something went wrong");
            await page.Locator(".floors a[href='admin/live']").ClickAsync();
            await Expect(page.Locator("h1")).ToHaveTextAsync("Live decisions");
            await page.GoBackAsync();
            await Expect(page.Locator(".shell[data-live=true] [data-notice='500']")).ToBeVisibleAsync();

            // By a request: a page that says so, and where to try again.
            var other = await context.NewPageAsync();
            var answer = await other.GotoAsync("admin/groups?a=b");
            Assert.Equal(500, answer!.Status);
            await Expect(other.Locator("[data-do=again]")).ToHaveAttributeAsync("href", "/admin/groups?a=b");
        }
        finally
        {
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE away RENAME TO site_groups");
        }
        await page.Locator("[data-do=again]").ClickAsync();
        await Expect(page.Locator("[data-empty]")).ToBeVisibleAsync();
        await Expect(page.Locator("#blazor-error-ui")).ToBeHiddenAsync();
    }

    /// <summary>The app, which keeps no page's circuit when its connection is lost.</summary>
    private sealed class Forgetful : RolesFixture
    {
        /// <inheritdoc/>
        protected override void Replace(IServiceCollection services) =>
            services.Configure<CircuitOptions>(o => o.DisconnectedCircuitMaxRetained = 0);
    }

    /// <summary>The app, on a database and a port that it may have had before.</summary>
    private sealed class Restarting(Restarting? before, int port) : RolesFixture
    {
        /// <inheritdoc/>
        protected override AppFixture? Beside => before;

        /// <inheritdoc/>
        protected override int Port => port;

        /// <inheritdoc/>
        protected override void Replace(IServiceCollection services) =>
            services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));

        /// <inheritdoc/>
        protected override Task ReadyAsync() => before is null ? base.ReadyAsync() : Task.CompletedTask;
    }
}
