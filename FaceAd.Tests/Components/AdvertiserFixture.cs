using FaceAd.Core;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace FaceAd.Tests.Components;

/// <summary>The app with two advertisers.</summary>
public class AdvertiserFixture : AppFixture
{
    public const string Advertiser = "one@facead.example", Stranger = "two@facead.example";

    private const string Password = "a good long password";
    private Organisation _advertiser = null!;

    /// <summary>Signs in, opens a page, and waits until it is alive.</summary>
    public static async Task<IPage> SignInAsync(IBrowserContext visitor, string email, string path)
    {
        var page = await visitor.NewPageAsync();
        await page.GotoAsync($"account/login?returnUrl={path}");
        await page.FillAsync("[name=email]", email);
        await page.FillAsync("[name=password]", Password);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[data-live=true]").WaitForAsync();
        return page;
    }

    /// <summary>A video of two seconds.</summary>
    public async Task<string> VideoAsync()
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}.mp4");
        await TestClips.MakeAsync(path, "testsrc=s=320x180:r=10:d=2");
        return path;
    }

    /// <summary>A draft of the first advertiser, with a creative.</summary>
    public async Task<(Guid Campaign, string Sha256)> CampaignAsync()
    {
        var today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());
        var campaign = new Campaign
        {
            OrganisationId = _advertiser.Id,
            Name = "Mine",
            StartsOn = today,
            EndsOn = today.AddDays(9),
            Targets = [Segment.Silver],
            BudgetKrw = 1_000_000,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
        await using var db = NewContext();
        db.Add(campaign);
        await db.SaveChangesAsync();
        var video = await Services.GetRequiredService<CreativeIntake>()
            .ImportAsync(await VideoAsync(), _advertiser.Id, campaign.Id, "Creative");
        return (campaign.Id, video.Creative!.Sha256);
    }

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        _advertiser = await accounts.CreateOrganisationAsync("One", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(_advertiser, Advertiser, Password, "One", Roles.Advertiser);
        var other = await accounts.CreateOrganisationAsync("Two", OrganisationKind.Advertiser);
        await accounts.CreateUserAsync(other, Stranger, Password, "Two", Roles.Advertiser);
    }
}
