using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Support;

/// <summary>The app with a site, a screen for either inference mode, and one approved campaign for 2030 men that runs now.</summary>
public class SiteFixture : AppFixture
{
    /// <summary>Keeps the app's warnings and errors.</summary>
    public SiteFixture()
    {
    }

    /// <summary>Keeps what the app logs.</summary>
    /// <param name="least">The least level that is kept.</param>
    protected SiteFixture(LogLevel least)
        : base(least)
    {
    }

    /// <summary>A screen whose frames the server analyses, and its token.</summary>
    internal (Screen Screen, string Token) Server { get; private set; }

    /// <summary>A screen that analyses its frames itself, and its token.</summary>
    internal (Screen Screen, string Token) Device { get; private set; }

    /// <summary>The campaign.</summary>
    public Campaign Campaign { get; private set; } = null!;

    /// <summary>Its creative, ten seconds long.</summary>
    public Creative Creative { get; private set; } = null!;

    /// <summary>Registers screens.</summary>
    internal ScreenRegistry Registry => Services.GetRequiredService<ScreenRegistry>();

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var db = NewContext();
        var (site, advertiser, _, _) = await Sample.AddSiteAsync(db);
        (Campaign, Creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        Campaign.StartsOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-2);
        Campaign.EndsOn = Campaign.StartsOn.AddDays(9);
        await db.SaveChangesAsync();
        Server = await Registry.RegisterAsync(site.Id, "Server", InferenceMode.Server);
        Device = await Registry.RegisterAsync(site.Id, "Device", InferenceMode.Device);
        await Services.GetRequiredService<SiteOwnership>().LeaseAsync(site.Id); // as after a screen's first word
        await Services.GetRequiredService<SnapshotReader>().RefreshAsync();
    }
}
