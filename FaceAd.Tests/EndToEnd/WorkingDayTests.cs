using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Creatives;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;
using Xunit.Sdk;
using static Microsoft.Playwright.Assertions;

namespace FaceAd.Tests.EndToEnd;

/// <summary>
/// Both working days from nothing, in real browsers: an administrator sets up a building, a screen and the house loop in Korean; an
/// advertiser signs up, books, and reads and shares the report of what a screen then showed in English.
/// </summary>
public sealed class WorkingDayTests
{
    private const string Password = "a good long password";

    private static readonly Lazy<Task<string>> Video = new(() => TestTranscoder.FileAsync(
        "Warm coats.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=2", "-c:v", "libx264", "-preset", "ultrafast",
        "-pix_fmt", "yuv420p"));

    [Fact]
    public async Task Days_FromAnEmptyInstallationToASharedReport_AreWalkedInTheBrowser()
    {
        var app = new AppFixture();
        await app.InitializeAsync();
        try
        {
            await using var ownersBrowser = await TestBrowser.NewContextAsync(app.Address, locale: "ko-KR");
            await using var advertisersBrowser = await TestBrowser.NewContextAsync(app.Address, locale: "en-US");
            List<string> errors = [];
            var owner = await NewPageAsync(ownersBrowser, errors);
            var advertiser = await NewPageAsync(advertisersBrowser, errors);
            try
            {
                await WalkAsync(app, owner, advertiser, errors);
                Assert.Empty(errors);
            }
            catch (Exception exception) when (exception is TimeoutException or PlaywrightException or XunitException)
            {
                // What the server, the browsers and their pages say names the cause.
                string[] said = [.. app.Complaints, .. errors, await SeenAsync(owner), await SeenAsync(advertiser)];
                throw new InvalidOperationException($"{exception.Message}\n{string.Join('\n', said)}", exception);
            }
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private static async Task WalkAsync(AppFixture app, IPage owner, IPage advertiser, List<string> errors)
    {
        await SignInAsFirstAdminAsync(owner, app);
        await Expect(owner.Locator("#first-steps")).ToHaveTextAsync("화면 준비하기");
        var token = await SetUpScreenAsync(owner);
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        await BeatAsync(screen);
        await FillHouseLoopAsync(owner);
        await DescribeAsync(owner);
        await ExpectStepsAsync(
            owner, "admin/overview", done: ["Site", "Consent", "Screen", "Connect", "House", "Describe"], next: "Advertiser");

        await SignUpAsync(advertiser, app);
        await Expect(advertiser.Locator("#first-steps")).ToHaveTextAsync("Your first campaign");
        var campaign = await BookAsync(advertiser);
        await ExpectStepsAsync(advertiser, "", done: ["Campaign", "Creative", "Send"], next: "Approved");

        await ApproveAsync(owner);
        await ShowAsync(screen, app, token);

        // The advertiser's page has the figures by itself, and the list of first steps has done its work.
        await advertiser.GotoAsync(campaign);
        await Expect(advertiser.Locator("[data-metric=impressions]")).ToHaveTextAsync("6");
        await Expect(advertiser.Locator("[data-metric=reach]")).ToContainTextAsync("100");
        await advertiser.GotoAsync("campaigns");
        await Expect(advertiser.Locator(".campaign-row")).ToHaveCountAsync(1);
        await Expect(advertiser.Locator("[data-first]")).ToHaveCountAsync(0);
        await owner.GotoAsync("admin/overview");
        await Expect(owner.Locator("[data-overview=plays]")).ToHaveTextAsync("1");
        await Expect(owner.Locator("[data-first]")).ToHaveCountAsync(0);

        await ReadSharedReportAsync(advertiser, campaign, app, errors);
    }

    private static async Task<string> SeenAsync(IPage page) => $"{page.Url}: {await page.InnerTextAsync("body")}";

    private static async Task<IPage> NewPageAsync(IBrowserContext context, List<string> errors)
    {
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            if (message.IsError()) errors.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => errors.Add($"{page.Url}: {error}");
        return page;
    }

    private static async Task SignInAsFirstAdminAsync(IPage page, AppFixture app)
    {
        var account = (await File.ReadAllTextAsync(Path.Combine(app.Folder, "first-admin.txt"))).Trim().Split(' ');
        await page.GotoAsync("account/login");
        await page.FillAsync("[name=email]", account[0]);
        await page.FillAsync("[name=password]", account[1]);
        await page.ClickAsync("button[type=submit]");
        await page.ArriveAsync("/admin/overview$");
        await Expect(page.Locator("[data-first] [data-done=true]")).ToHaveCountAsync(0);
    }

    /// <summary>A building with its consent, and a screen. Returns the screen's token.</summary>
    private static async Task<string> SetUpScreenAsync(IPage page)
    {
        await LiveAsync(page);
        await page.Locator("[data-step=Site] a.mud-button-root").ClickAsync();
        await page.ArriveAsync("/admin/screens$");
        await LiveAsync(page);
        await page.Locator("[data-do=new-site]").First.ClickAsync();
        await page.FillAsync("[name=site-name]", "Hangang Tower");
        await page.FillAsync("[name=site-consent]", "Residents' resolution 12");
        await page.ClickAsync(".mud-dialog [data-do=confirm]");
        await Expect(page.Locator("[data-consent=recorded]")).ToBeVisibleAsync();
        // A new building asks for its first screen.
        await page.FillAsync("[name=screen-name]", "Elevator 1");
        await page.CheckAsync(".mud-dialog [data-mode=Device]");
        await page.ClickAsync(".mud-dialog [data-do=confirm]");
        var token = (await page.Locator("[data-token]").InnerTextAsync()).Trim();
        await page.ClickAsync("[data-do=done]");
        var measurement = page.Locator("[data-do=measurement]");
        if (!await measurement.IsCheckedAsync())
        {
            await measurement.ClickAsync();
            await Expect(measurement).ToBeCheckedAsync();
        }
        return token;
    }

    private static Task<HeartbeatReply> BeatAsync(ScreenConnection screen) => screen.Hub.InvokeAsync<HeartbeatReply>(
        nameof(IScreenHub.Beat), Sample.Beat() with { CreativesReady = 0, Analysing = InferenceMode.Device, HasModels = true });

    /// <summary>Where the building is, for those who may book it.</summary>
    private static async Task DescribeAsync(IPage page)
    {
        await page.GotoAsync("admin/overview");
        await page.ClickAsync("[data-step=Describe] a.mud-button-root");
        await page.ArriveAsync("/buildings$");
        await page.ClickAsync("[data-building] h2 a");
        await LiveAsync(page);
        await page.FillAsync("#site-north", "37.5243");
        await page.FillAsync("#site-east", "126.927");
        await page.ClickAsync("[data-do=save-place]");
        await Expect(page.Locator(".building-map [data-point]")).ToHaveCountAsync(1);
    }

    private static async Task FillHouseLoopAsync(IPage page)
    {
        await page.ClickAsync(".floors a[href='admin/house']");
        await LiveAsync(page);
        await Expect(page.Locator("[data-empty]")).ToBeVisibleAsync();
        await page.SetInputFilesAsync("[data-file=add]", await Video.Value);
        var creative = page.Locator("[data-creative='Warm coats']");
        await Expect(creative).ToBeVisibleAsync(new() { Timeout = 60_000 });

        // Taken out, and put back.
        await creative.Locator("[data-do=remove]").ClickAsync();
        await Expect(creative).ToHaveCountAsync(0);
        await page.Locator(".mud-snackbar-content-action button").First.ClickAsync();
        await Expect(creative).ToBeVisibleAsync();
    }

    private static async Task ExpectStepsAsync(IPage page, string path, string[] done, string next)
    {
        await page.GotoAsync(path);
        await Expect(page.Locator("[data-first] [data-done=true]")).ToHaveCountAsync(done.Length);
        foreach (var step in done) await Expect(page.Locator($"[data-step={step}]")).ToHaveAttributeAsync("data-done", "true");
        await Expect(page.Locator("[data-first] [aria-current=step]")).ToHaveAttributeAsync("data-step", next);
    }

    private static async Task SignUpAsync(IPage page, AppFixture app)
    {
        await page.GotoAsync(app.MailboxLink);
        await page.GotoAsync("account/sign-up");
        await page.FillAsync("[name=organisation]", "Onnuri Coats");
        await page.FillAsync("[name=name]", "김하늘");
        await page.FillAsync("[name=email]", "haneul@example.com");
        await page.FillAsync("[name=password]", Password);
        await page.ClickAsync("button.mud-button-filled");
        await page.ClickAsync("a[href='account/mailbox']");
        await page.ClickAsync("[data-mail='haneul@example.com'] a[href*='/account/confirm?']");
        await page.ClickAsync("[data-do=confirm]");
        await page.ArriveAsync("/$");
    }

    /// <summary>A submitted campaign with its creative. Returns its address.</summary>
    private static async Task<string> BookAsync(IPage page)
    {
        await page.ClickAsync("[data-step=Campaign] a.mud-button-root");
        await page.ArriveAsync("/campaigns/new$");
        await LiveAsync(page);
        await page.FillAsync("#name", "Warm coats");
        await page.CheckAsync("[data-target=Silver]");
        await page.FillAsync("#budget", "900000");
        await page.PressAsync("#budget", "Tab");
        await page.Locator(".summary", new() { HasText = "900,000" }).WaitForAsync();
        await page.SetInputFilesAsync("[data-file=creative]", await Video.Value);
        await page.Locator(".upload.chosen video").WaitForAsync();
        await page.ClickAsync("#submit");
        await page.Locator("[data-why=Submitted]").WaitForAsync(new() { Timeout = 60_000 });
        return page.Url;
    }

    private static async Task ApproveAsync(IPage page)
    {
        await page.ClickAsync("[data-step=Approve] a.mud-button-root");
        await page.ArriveAsync("/admin/approvals$");
        await LiveAsync(page);
        for (var check = 1; check <= 5; check++) await page.CheckAsync($"[data-check='{check}']");
        await page.ClickAsync("[data-do=approve]");
        await Expect(page.Locator("[data-empty]")).ToBeVisibleAsync();
    }

    /// <summary>Six riders; the ad that is chosen for them; its play.</summary>
    private static async Task ShowAsync(ScreenConnection screen, AppFixture app, string token)
    {
        var programme = await Wait.ForAsync(screen.Programmes.Reader, p => p.Creatives.Count >= 2, "the screen is told of both videos");
        Assert.Single(programme.HouseLoop);

        using var device = new DeviceClient(app, token);
        var (now, audience) = (TimeProvider.System.GetUtcNow(), Guid.NewGuid());
        var from = now.AddSeconds(-14);
        var riders = Enumerable.Range(1, 6).Select(n => (Id: Guid.NewGuid(), n, Face: Sample.Face(n))).ToList();
        // A report has room for the views of one.
        PresenceReport[] In(DateTimeOffset to, bool inView, int told = 0) =>
            [.. riders.Select(r =>
                Sample.Viewer(Segment.Silver, from, to, r.n, inView: inView, views: r.n == told ? [r.Face, r.Face] : [], id: r.Id))];
        for (var told = 1; told <= riders.Count; told++)
        {
            var at = now.AddSeconds(told - riders.Count - 1);
            await CommitAsync(
                device, Routes.Audiences, Sample.Report(audience, told, from, at, AudienceState.Open, In(at, inView: true, told)));
        }
        var command = await Wait.NextAsync(screen.Commands.Reader);
        Assert.NotNull(command.CreativeId);
        Assert.DoesNotContain(command.CreativeId.Value, programme.HouseLoop);

        using var played = await device.SendPlaysAsync(new PlayReport
        {
            PlayId = Guid.NewGuid(),
            DecisionId = command.DecisionId,
            CreativeId = command.CreativeId.Value,
            StartedAt = from.AddSeconds(1),
            EndedAt = now.AddSeconds(-1),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 240,
        });
        Assert.Equal(HttpStatusCode.OK, played.StatusCode);
        await CommitAsync(
            device, Routes.Audiences, Sample.Report(audience, riders.Count + 1, from, now, AudienceState.Closed, In(now, inView: false)));
    }

    private static async Task CommitAsync<T>(DeviceClient device, string route, T body)
    {
        using var answer = await device.SendAsync(route, body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{route}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The report on paper, and by a link that someone without an account opens.</summary>
    private static async Task ReadSharedReportAsync(IPage page, string campaign, AppFixture app, List<string> errors)
    {
        await page.GotoAsync(campaign + "/report");
        await Expect(page.Locator("h1")).ToContainTextAsync("Warm coats");
        await page.GotoAsync(campaign);
        await LiveAsync(page);
        await page.ClickAsync("[data-do=open-share]");
        await page.ClickAsync("[data-do=share]");
        var link = (await page.Locator("[data-share-address]").InnerTextAsync()).Trim();
        await using var stranger = await TestBrowser.NewContextAsync(app.Address, 390, 844, "ko-KR");
        var shared = await NewPageAsync(stranger, errors);
        await shared.GotoAsync(link);
        await Expect(shared.Locator("h1")).ToContainTextAsync("Warm coats");
        Assert.True(await shared.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"),
            "The shared report scrolls sideways.");
    }

    private static Task LiveAsync(IPage page) => Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
}
