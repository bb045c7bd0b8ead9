using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Metrics;

/// <summary>A query resolved into everything needed to answer it.</summary>
sealed record MetricsScope
{
    public required MetricsQuery Query { get; init; }

    public required Campaign Campaign { get; init; }

    /// <summary>The days whose impressions, plays and cost are added up.</summary>
    public required MetricsDays Days { get; init; }

    /// <summary>Those of them in which people are counted: one epoch.</summary>
    public required MetricsWindow Window { get; init; }

    /// <summary>Calendar of the site created first; other sites count days in their own time zone.</summary>
    public required SiteCalendar Calendar { get; init; }

    /// <summary>The sites whose universe counts; a single empty identity for all sites of the installation.</summary>
    public required Guid[] UniverseSites { get; init; }

    /// <summary>The selected screens; null for all.</summary>
    public required Guid[]? Screens { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The site whose reach is read; empty for all sites together.</summary>
    public Guid ReachSite => Query.SiteId ?? Guid.Empty;

    /// <summary>Whether the answer needs rows of individual people: reach is rolled up only per campaign and per site.</summary>
    public bool NeedsPersons => Query.ScreenId is not null || Query.CreativeId is not null;

    /// <summary>Whether the window covers all of the flight's days in its epoch, as the stored histogram and curve do.</summary>
    public bool WholeWindow => MetricsWindow.EpochsOf(new(Campaign.StartsOn, Campaign.EndsOn), Calendar).Contains(Window);

    public DateTimeOffset Start => Calendar.StartOf(Days.FirstDay);

    public DateTimeOffset End => Calendar.StartOf(Days.LastDay.AddDays(1));

    /// <summary>Resolves a query.</summary>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public static async Task<MetricsScope> OfAsync(
        FaceAdDbContext db, MetricsQuery query, DateTimeOffset now, CancellationToken cancellation)
    {
        // Its days are those of its first site.
        var found = await db.Campaigns.AsNoTracking().Where(c => c.Id == query.CampaignId)
            .Select(c =>
                new
                {
                    Campaign = c,
                    Site = db.Sites.Where(s => c.SiteIds.Length == 0 || c.SiteIds.Contains(s.Id)).OrderBy(s => s.CreatedAt)
                    .FirstOrDefault()
                })
            .SingleOrDefaultAsync(cancellation) ?? throw new KeyNotFoundException($"There is no campaign {query.CampaignId}.");
        var (campaign, calendar) = (found.Campaign, found.Site is { } first ? first.Calendar() : SiteCalendar.Default);
        Guid[]? screens = query switch
        {
            { ScreenId: { } screen } => [screen],
            { SiteId: { } site } => await db.Screens.Where(s => s.SiteId == site).Select(s => s.Id).ToArrayAsync(cancellation),
            _ => null,
        };
        var days = MetricsDays.Of(query.From, query.To, campaign.StartsOn, campaign.EndsOn);
        return Everywhere(campaign, calendar, now) with
        {
            Query = query,
            Days = days,
            Window = MetricsWindow.Of(days, calendar, now),
            UniverseSites = query.SiteId is { } one ? [one] : SitesOf(campaign),
            Screens = screens,
        };
    }

    /// <summary>The whole campaign in its whole flight.</summary>
    public static MetricsScope Everywhere(Campaign campaign, SiteCalendar calendar, DateTimeOffset now) => new()
    {
        Query = new MetricsQuery(campaign.Id),
        Campaign = campaign,
        Calendar = calendar,
        Days = new(campaign.StartsOn, campaign.EndsOn),
        Window = MetricsWindow.Of(new MetricsDays(campaign.StartsOn, campaign.EndsOn), calendar, now),
        UniverseSites = SitesOf(campaign),
        Screens = null,
        Now = now,
    };

    private static Guid[] SitesOf(Campaign campaign) => campaign.SiteIds.Length > 0 ? campaign.SiteIds : [Guid.Empty];
}
