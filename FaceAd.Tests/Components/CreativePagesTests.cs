using FaceAd.Bench.Nodes;
using FaceAd.Tests.Creatives;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>Uploads, versions, comments and the bell, in a real browser.</summary>
public sealed class CreativePagesTests(UploadFixture app) : IClassFixture<UploadFixture>
{
    // 12 MB that are quick to decode: large frames, hardly compressed.
    private static readonly Lazy<Task<string>> Heavy = new(() => TestTranscoder.FileAsync(
        "Heavy video.mp4", "-f", "lavfi", "-i", "nullsrc=s=640x360:r=10:d=3,geq=random(1)*255:128:128", "-c:v", "libx264", "-preset",
        "ultrafast", "-qp", "2", "-pix_fmt", "yuv420p"));

    [Fact]
    public async Task Upload_ThroughAConnectionThatIsCutTwice_ArrivesByItself()
    {
        var video = await Heavy.Value;
        var bytes = new FileInfo(video).Length;
        var campaign = await app.AddCampaignAsync(app.First);
        await using var proxy = new CuttingProxy(app.Address);
        await using var context = await TestBrowser.NewContextAsync(proxy.Address);
        var page = await OpenAsync(context, $"campaigns/{campaign.Id}", PeopleFixture.One);
        await Assertions.Expect(page.Locator("#add-limits")).ToContainTextAsync("1 to 60 seconds");
        await Assertions.Expect(page.Locator("#add-limits")).ToContainTextAsync("19 MB");
        await page.EvaluateAsync("""() => { window.seen = []; new MutationObserver(() => { for (const p of document.querySelectorAll('.upload-row [role=progressbar]')) window.seen.push(Number(p.getAttribute('aria-valuenow'))); }).observe(document.body, { subtree: true, attributes: true, childList: true }); }""");
        // A line of 32 Mbit/s: progress is there to be seen however busy the machine is.
        var line = await context.NewCDPSessionAsync(page);
        await line.SendAsync("Network.emulateNetworkConditions",
            new() { ["offline"] = false, ["latency"] = 0, ["downloadThroughput"] = -1, ["uploadThroughput"] = 4_000_000 });
        proxy.CutEach(bytes / 3, times: 2);
        await page.SetInputFilesAsync("[data-file=add]", video);
        await Assertions.Expect(page.Locator(".creative b")).ToHaveTextAsync("Heavy video", new() { Timeout = 60_000 });
        Assert.Equal(2, proxy.Cuts);
        Assert.True((await page.EvaluateAsync<double[]>("() => window.seen")).Distinct().Count() > 3, "The progress did not move.");
        await Assertions.Expect(page.Locator(".upload-row")).ToHaveCountAsync(0);
        await using var db = app.NewContext();
        Assert.Equal("Heavy video", (await db.Creatives.SingleAsync(c => c.CampaignId == campaign.Id)).Name);
        var uploads = await db.Set<CreativeUpload>().Where(u => u.CampaignId == campaign.Id).ToListAsync();
        Assert.Equal(bytes, Assert.Single(uploads).Bytes);
    }

    [Fact]
    public async Task Upload_NotAMediaFile_SaysWhatToDoAndCanBeDismissed()
    {
        var bogus = Path.Combine(TestFolders.New("bogus"), "letter.mp4");
        await File.WriteAllTextAsync(bogus, "This is a letter, not a video.");
        var campaign = await app.AddCampaignAsync(app.First);
        await using var context = await TestBrowser.NewContextAsync(app.Address, 390, 844, "ko-KR");
        var page = await OpenAsync(context, $"campaigns/{campaign.Id}", PeopleFixture.One);
        await page.SetInputFilesAsync("[data-file=add]", bogus);
        var row = page.Locator("[data-upload=Failed]");
        await Assertions.Expect(row.Locator("[role=alert]")).ToContainTextAsync("H.264");
        await Assertions.Expect(row.Locator("[data-do=retry]")).ToHaveCountAsync(0); // the same file would fail again
        Assert.True(
            await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page scrolls sideways.");
        await row.Locator("[data-do=cancel-upload]").ClickAsync();
        await Assertions.Expect(row).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Reload_InTheMiddleOfAnUpload_TheSameFileGoesOnWhereItStopped()
    {
        var video = await Heavy.Value;
        var campaign = await app.AddCampaignAsync(app.First);
        await using var context = await TestBrowser.NewContextAsync(app.Address);
        var page = await OpenAsync(context, $"campaigns/{campaign.Id}", PeopleFixture.One);
        // The second piece never gets through.
        var patches = 0;
        await page.RouteAsync("**/api/uploads/*", route =>
            route.Request.Method == "PATCH" && ++patches > 1 ? route.AbortAsync() : route.ContinueAsync());
        await page.SetInputFilesAsync("[data-file=add]", video);
        await Assertions.Expect(page.GetByText("Connection lost. The upload resumes")).ToBeVisibleAsync();
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync(); // leave the page? yes
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("[data-upload=Receiving]")).ToContainTextAsync("Choose the same file");
        await page.UnrouteAllAsync(); // not earlier: the page that was left tries again by itself, and would be done
        var offsets = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Method == "PATCH") offsets.Add(request.Headers["upload-offset"]);
        };
        await page.SetInputFilesAsync("[data-file=add]", video);
        await Assertions.Expect(page.Locator(".creative b")).ToHaveTextAsync("Heavy video", new() { Timeout = 60_000 });
        Assert.Equal("8388608", offsets[0]);
        await using var db = app.NewContext();
        Assert.Equal(1, await db.Set<CreativeUpload>().CountAsync(u => u.CampaignId == campaign.Id));
    }

    [Fact]
    public async Task Replace_InARunningCampaign_BothSidesFollowItToTheApproval()
    {
        var video = await TestTranscoder.FileAsync(
            "New.mp4", "-f", "lavfi", "-i", "testsrc=s=360x640:r=10:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p");
        var campaign = await app.AddCampaignAsync(app.First);
        Assert.Null((await app.Services.GetRequiredService<CreativeIntake>().ImportAsync(video, app.First.Id, campaign.Id, "Old")).Refusal);
        await using (var db = app.NewContext()) await db.Campaigns.Where(c => c.Id == campaign.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        await using var mine = await TestBrowser.NewContextAsync(app.Address);
        await using var theirs = await TestBrowser.NewContextAsync(app.Address);
        var advertiser = await OpenAsync(mine, $"campaigns/{campaign.Id}", PeopleFixture.One);
        var admin = await OpenAsync(theirs, "notifications", PeopleFixture.Admin);

        await advertiser.SetInputFilesAsync("[data-replaces]", video);
        await Assertions.Expect(advertiser.Locator("[data-creative] [data-proposed]"))
            .ToContainTextAsync("Version 2 is waiting", new() { Timeout = 60_000 });
        await Assertions.Expect(admin.Locator(".panel [data-unread]")).ToBeVisibleAsync();
        await admin.Locator(".notifications a", new() { HasText = "new version" }).First.ClickAsync();
        var card = admin.Locator($"[data-card][data-campaign='{campaign.Id}']");
        await Assertions.Expect(card.Locator("[data-plays-now]")).ToBeVisibleAsync();
        await Assertions.Expect(card.Locator("[data-preview]")).ToHaveCountAsync(2); // the proposed one beside the one that plays

        await card.Locator("textarea[name=comment]").FillAsync("Much better.");
        await card.Locator("form:has([name=comment]) button").ClickAsync();
        await advertiser.GetByRole(AriaRole.Tab, new() { Name = "Comments and history" }).ClickAsync();
        await Assertions.Expect(advertiser.Locator(".comment-text")).ToHaveTextAsync("Much better.");
        await advertiser.GetByRole(AriaRole.Tab, new() { Name = "Creatives" }).ClickAsync();
        for (var check = 1; check <= 5; check++) await card.Locator($"[data-check='{check}']").CheckAsync();
        await card.Locator("[data-do=approve]").ClickAsync();
        await Assertions.Expect(advertiser.Locator("[data-creative] [data-proposed]")).ToHaveCountAsync(0);
        await advertiser.GetByRole(AriaRole.Button, new() { Name = "2 versions" }).ClickAsync();
        await Assertions.Expect(advertiser.Locator(".versions [data-version]")).ToHaveTextAsync(["In use", "Replaced"]);
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, string path, string email)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("account/login?returnUrl=" + Uri.EscapeDataString("/" + path));
        await page.Locator("input[name=email]").FillAsync(email);
        await page.Locator("input[name=password]").FillAsync(PeopleFixture.Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.ArriveAsync("^(?!.*/account/login)");
        await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        return page;
    }
}
