using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Metrics;

/// <summary>A query with everything that it takes to answer it.</summary>
sealed record MetricsScope
{
    public required MetricsQuery Query { get; init; }

    public required Campaign Campaign { get; init; }

    public required MetricsWindow Window { get; init; }

    /// <summary>Days of the site that was registered first; the others count days of their own zone.</summary>
    public required SiteCalendar Calendar { get; init; }

    /// <summary>The sites whose universe counts; one empty identity for all sites of the installation.</summary>
    public required Guid[] UniverseSites { get; init; }

    /// <summary>The screens asked for; null for all.</summary>
    public required Guid[]? Screens { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The site whose reach is asked for; empty for all together.</summary>
    public Guid ReachSite => Query.SiteId ?? Guid.Empty;

    /// <summary>Whether only the rows of single persons can answer: reach is kept by campaign and by site.</summary>
    public bool NeedsPersons => Query.ScreenId is not null || Query.CreativeId is not null;

    /// <summary>Whether the window is all of the flight's days in its epoch, as histogram and curve are kept.</summary>
    public bool WholeWindow => MetricsWindow.EpochsOf(Campaign.StartsOn, Campaign.EndsOn, Calendar).Contains(Window);

    public DateTimeOffset Start => Calendar.StartOf(Window.FirstDay);

    public DateTimeOffset End => Calendar.StartOf(Window.LastDay.AddDays(1));

    /// <summary>Resolves a query.</summary>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public static async Task<MetricsScope> OfAsync(FaceAdDbContext db, MetricsQuery query, DateTimeOffset now, CancellationToken cancellation)
    {
        // The days that it counts in are those of its first site.
        var found = await db.Campaigns.AsNoTracking().Where(c => c.Id == query.CampaignId)
            .Select(c => new { Campaign = c, Site = db.Sites.Where(s => c.SiteIds.Length == 0 || c.SiteIds.Contains(s.Id)).OrderBy(s => s.CreatedAt).FirstOrDefault() })
            .SingleOrDefaultAsync(cancellation) ?? throw new KeyNotFoundException($"There is no campaign {query.CampaignId}.");
        var (campaign, calendar) = (found.Campaign, found.Site is { } first ? SiteCalendar.Of(first) : SiteCalendar.Default);
        Guid[]? screens = query switch
        {
            { ScreenId: { } screen } => [screen],
            { SiteId: { } site } => await db.Screens.Where(s => s.SiteId == site).Select(s => s.Id).ToArrayAsync(cancellation),
            _ => null,
        };
        return Everywhere(campaign, calendar, now) with
        {
            Query = query,
            Window = MetricsWindow.Of(query.From, query.To, campaign.StartsOn, campaign.EndsOn, calendar, now),
            UniverseSites = query.SiteId is { } one ? [one] : SitesOf(campaign),
            Screens = screens,
        };
    }

    /// <summary>All of a campaign in its default window.</summary>
    public static MetricsScope Everywhere(Campaign campaign, SiteCalendar calendar, DateTimeOffset now) => new()
    {
        Query = new MetricsQuery(campaign.Id),
        Campaign = campaign,
        Calendar = calendar,
        Window = MetricsWindow.Of(campaign.StartsOn, campaign.EndsOn, calendar, now),
        UniverseSites = SitesOf(campaign),
        Screens = null,
        Now = now,
    };

    private static Guid[] SitesOf(Campaign campaign) => campaign.SiteIds.Length > 0 ? campaign.SiteIds : [Guid.Empty];
}
