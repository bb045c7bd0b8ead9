using FaceAd.Core;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Tests.Delivery.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>The advertiser's pages in a real Chromium.</summary>
public sealed class CampaignPagesTests(AdvertiserFixture app) : IClassFixture<AdvertiserFixture>
{
    [Fact]
    public async Task New_TermsAndCreative_CampaignIsSubmittedWithItsCreative()
    {
        var video = await app.VideoAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns/new");
        await FillAsync(page, "Summer");
        await page.SetInputFilesAsync("[data-file=creative]", video);
        await page.Locator(".upload.chosen video").WaitForAsync();
        await page.ClickAsync("#submit");

        await page.Locator("[data-why=Submitted]").WaitForAsync();
        await page.Locator(".creative video").WaitForAsync();
        await using var db = app.NewContext();
        var campaign = await db.Campaigns.AsNoTracking().Include(c => c.Creatives).SingleAsync(c => c.Name == "Summer");
        Assert.Equal(CampaignState.Submitted, campaign.State);
        Assert.Equal([Segment.Women2030], campaign.Targets);
        Assert.Equal(1_500_000, campaign.BudgetKrw);
        Assert.InRange(Assert.Single(campaign.Creatives).Seconds, 1.9, 2.2);
    }

    [Fact]
    public async Task New_NotAMediaFile_ErrorBesideThePickerAndNothingLeftOfIt()
    {
        var bogus = Path.Combine(app.Folder, "holiday.mp4");
        await File.WriteAllTextAsync(bogus, "This is a letter, not a video.");
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns/new");
        await FillAsync(page, "Bogus");
        await page.SetInputFilesAsync("[data-file=creative]", bogus);
        await page.ClickAsync("#submit");

        await page.Locator("#creative-problem", new() { HasText = "not a supported video or picture" }).WaitForAsync();
        await using var db = app.NewContext();
        var campaign = await db.Campaigns.AsNoTracking().Include(c => c.Creatives).SingleAsync(c => c.Name == "Bogus");
        Assert.Equal(CampaignState.Draft, campaign.State);
        Assert.Empty(campaign.Creatives);
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Folder, "media", "incoming")));
    }

    [Fact]
    public async Task Creatives_TwoOfThem_AreComparedInAnExperimentAndItIsStopped()
    {
        var (campaign, _) = await app.CampaignAsync();
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        db.Add(ExperimentRides.Another(await db.Creatives.SingleAsync(c => c.CampaignId == campaign), 1));
        await db.SaveChangesAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, $"/campaigns/{campaign}?tab=creatives");
        await page.ClickAsync("[data-do=experiment]");
        await page.Locator(".mud-dialog [data-metric-choice=CompletedViews]").ClickAsync();
        await page.FillAsync("#experiment-smallest", "5");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await page.Locator("[data-end=running]").WaitForAsync();
        await Assertions.Expect(page.Locator("[data-do=experiment]")).ToHaveCountAsync(0);
        var experiment = await db.Set<Experiment>().SingleAsync(e => e.CampaignId == campaign);
        Assert.Equal((ExperimentMetric.CompletedViews, 0.05, false), (experiment.Metric, experiment.Smallest, experiment.WinnerTakesAll));

        await ExperimentRides.CountAsync(db, experiment, new(400, 200, 200), new(400, 220, 220));
        await ExperimentRides.CountAsync(db, experiment, new(200, 100, 100), new(200, 110, 110), day: 1);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator($"[data-arm='{experiment.CreativeIds[1]}'] td").First).ToHaveTextAsync("600–604");
        await Assertions.Expect(page.Locator(".interval.difference")).ToBeVisibleAsync();
        await page.ClickAsync("[data-do=stop-experiment]");
        await page.Locator(".mud-dialog [data-do=confirm]").ClickAsync();
        await page.Locator("[data-end=ByHand]").WaitForAsync();
        await Assertions.Expect(page.Locator("[data-do=experiment]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Campaign_OfAnotherAdvertiser_DoesNotExist()
    {
        var (campaign, sha256) = await app.CampaignAsync();
        await using var owner = await TestBrowser.NewContextAsync(app.Address);
        await AdvertiserFixture.SignInAsync(owner, AdvertiserFixture.Advertiser, "/campaigns");
        await using var stranger = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(stranger, AdvertiserFixture.Stranger, "/campaigns");
        var token = await page.Locator("[name=__RequestVerificationToken]").First.InputValueAsync();
        var upload =
            new APIRequestContextOptions { Headers = new Dictionary<string, string> { ["X-CSRF-TOKEN"] = token }, DataByte = [1, 2, 3] };

        Assert.Equal(200, (await owner.APIRequest.GetAsync($"campaigns/{campaign}")).Status);
        Assert.Equal(200, (await owner.APIRequest.GetAsync($"media/{sha256}.mp4")).Status);
        foreach (var path in new[] { $"campaigns/{campaign}", $"campaigns/{campaign}/edit", $"media/{sha256}.mp4", $"media/{sha256}.jpg" })
            Assert.Equal(404, (await stranger.APIRequest.GetAsync(path)).Status);
        Assert.Equal(404, (await stranger.APIRequest.PostAsync($"api/campaigns/{campaign}/creatives?name=a.mp4", upload)).Status);
    }

    [Fact]
    public async Task List_LanguageChosen_SpeaksKorean()
    {
        await app.CampaignAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address);
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, "/campaigns");
        await page.Locator("h1", new() { HasText = "Campaigns" }).WaitForAsync();
        await page.Locator(".panel a[lang=ko]").ClickAsync();

        await page.Locator("h1", new() { HasText = "캠페인" }).WaitForAsync();
        await page.Locator(".campaign-row [data-phase]", new() { HasText = "작성 중" }).First.WaitForAsync();
    }

    [Fact]
    public async Task Campaign_ChangedByAnotherThread_KeepsItsLanguage()
    {
        var (campaign, _) = await app.CampaignAsync();
        await using var visitor = await TestBrowser.NewContextAsync(app.Address, locale: "ko-KR");
        var page = await AdvertiserFixture.SignInAsync(visitor, AdvertiserFixture.Advertiser, $"/campaigns/{campaign}");
        await page.Locator("#todo", new() { HasText = "할 일" }).WaitForAsync();
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Renamed"));

        await page.Locator("h1", new() { HasText = "Renamed" }).WaitForAsync();
        Assert.Equal("할 일", await page.Locator("#todo").InnerTextAsync());
    }

    private static async Task FillAsync(IPage page, string name)
    {
        await page.FillAsync("#name", name);
        await page.CheckAsync("[data-target=Women2030]");
        await page.FillAsync("#budget", "1,500,000");
    }
}
