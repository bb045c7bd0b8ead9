using FaceAd.Tests.Player;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Accounts.Tenancy;

/// <summary>The app with a person in each role, and campaigns of the first advertiser that the second must not see.</summary>
public sealed class TenancyFixture : OneConnection
{
    /// <summary>Part of each campaign's name: whoever reads it has seen the campaign.</summary>
    public const string Needle = "Haystack7Needle";

    // Who gets a file is decided before it is made: not one is printed here.
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>(base.Settings) { ["Chromium:Path"] = "" };

    /// <summary>A campaign of the first advertiser with a creative.</summary>
    public async Task<(Campaign Campaign, string Video)> FilledAsync(CampaignState state = CampaignState.Draft)
    {
        var campaign = await AddCampaignAsync(First);
        var path = Path.Combine(Folder, "matrix.mp4");
        if (!File.Exists(path)) await TestClips.MakeAsync(path, "testsrc=s=320x180:r=10:d=2");
        var video = (await Services.GetRequiredService<CreativeIntake>()
            .ImportAsync(path, First.Id, campaign.Id, "Creative")).Creative!.Sha256;
        await using var db = NewContext();
        db.Attach(campaign);
        (campaign.Name, campaign.State) = ($"{Needle} {Guid.NewGuid():N}", state);
        await db.SaveChangesAsync();
        return (campaign, video);
    }
}
