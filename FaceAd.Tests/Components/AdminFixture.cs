using FaceAd.Core;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Creatives;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>The app with a media owner, an advertiser, a building with a screen, and a creative to submit.</summary>
public sealed class AdminFixture : AppFixture
{
    public const string Admin = "admin@facead.example", Advertiser = "advertiser@facead.example";
    private const string Password = "a good long password";
    private Organisation _advertiser = null!;
    private string _video = "";

    public Site Site { get; private set; } = null!;

    public static async Task<IPage> OpenAsync(IBrowserContext context, string path, string email)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("account/login?returnUrl=" + Uri.EscapeDataString("/" + path));
        await page.Locator("input[name=email]").FillAsync(email);
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.ArriveAsync("^(?!.*/account/login)");
        if (email == Admin) await Assertions.Expect(page.Locator("[data-live=true]")).ToBeVisibleAsync();
        return page;
    }

    public async Task<Guid> SubmitAsync(string name)
    {
        var viewer = new Viewer(_advertiser.Id, IsMediaOwner: false);
        var today = Site.Calendar().DayOf(TimeProvider.System.GetUtcNow());
        var service = Services.GetRequiredService<CampaignService>();
        var (campaign, problems) = await service.CreateAsync(
            viewer,
            new CampaignDraft
            {
                Name = name,
                Targets = new HashSet<Segment> { Segment.Women2030 },
                StartsOn = today,
                EndsOn = today.AddDays(6),
                BudgetKrw = 1_000_000,
            }, today);
        Assert.Empty(problems);
        var outcome = await Services.GetRequiredService<CreativeIntake>().ImportAsync(_video, _advertiser.Id, campaign!.Id, name);
        Assert.Null(outcome.Refusal);
        Assert.True((await service.StepAsync(viewer, campaign.Id, CampaignAction.Submit))!.Value.Happened);
        return campaign.Id;
    }

    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, Admin, Password, "Admin", Roles.Admin);
        _advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(_advertiser, Advertiser, Password, "Advertiser", Roles.Advertiser);
        var registry = Services.GetRequiredService<ScreenRegistry>();
        Site = await registry.RegisterSiteAsync("Tower", "Seoul", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        await registry.RegisterAsync(Site.Id, "Elevator A", InferenceMode.Server);
        _video = Path.Combine(TestFolders.New("video"), "video.mp4");
        await TestClips.MakeAsync(_video, "color=c=0x208050:s=640x360:r=15:d=2");
    }
}
