using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;

namespace FaceAd.Web.Reports;

/// <summary>
/// A campaign's figures as a given reader may see them, in tables. Page, print, file, shared link and API all show this, so that the same
/// code protects small counts everywhere.
/// </summary>
public sealed record CampaignReport
{
    /// <summary>The campaign.</summary>
    public required Campaign Campaign { get; init; }

    /// <summary>The query.</summary>
    public required MetricsQuery Query { get; init; }

    /// <summary>The days covered.</summary>
    public required MetricsDays Days { get; init; }

    /// <summary>Those of them in which people are counted: one counting period.</summary>
    public required MetricsWindow Window { get; init; }

    /// <summary>The preceding period of the same length; null unless it lies within the flight and one epoch.</summary>
    public required MetricsWindow? Previous { get; init; }

    /// <summary>Name of the media owner's organisation, from whom the report comes.</summary>
    public required string MediaOwner { get; init; }

    /// <summary>Names of the campaign's sites, or of the selected part.</summary>
    public required IReadOnlyList<string> Places { get; init; }

    /// <summary>Whether people counts are exact; otherwise they are ranges of five, and withheld below five.</summary>
    public required bool Exact { get; init; }

    /// <summary>When it was computed.</summary>
    public required DateTimeOffset ComputedAt { get; init; }

    /// <summary>Calendar that defines its days and epochs.</summary>
    public required SiteCalendar Calendar { get; init; }

    /// <summary>All tables, in page order.</summary>
    public required IReadOnlyList<ReportTable> Tables { get; init; }

    /// <summary>One table; null when there is none of that name.</summary>
    /// <param name="key">Its name.</param>
    public ReportTable? Find(string key) => Tables.FirstOrDefault(t => t.Key == key);
}
