using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Reports;

/// <summary>
/// A campaign's figures as one reader may see them, in tables. Page, print, file, shared link and API all show this, so that small
/// counts are kept small on every route by the same code.
/// </summary>
public sealed record CampaignReport
{
    /// <summary>The campaign.</summary>
    public required Campaign Campaign { get; init; }

    /// <summary>What was asked for.</summary>
    public required MetricsQuery Query { get; init; }

    /// <summary>The days that it came to.</summary>
    public required MetricsWindow Window { get; init; }

    /// <summary>As many days directly before; null when they are not all in the flight and in one epoch.</summary>
    public required MetricsWindow? Previous { get; init; }

    /// <summary>Names of the campaign's buildings, or of the part asked for.</summary>
    public required IReadOnlyList<string> Places { get; init; }

    /// <summary>Whether persons are exact; else stepped and withheld below five.</summary>
    public required bool Exact { get; init; }

    /// <summary>When it was computed.</summary>
    public required DateTimeOffset ComputedAt { get; init; }

    /// <summary>Days and epochs.</summary>
    public required SiteCalendar Calendar { get; init; }

    /// <summary>All tables, in the order of a page.</summary>
    public required IReadOnlyList<ReportTable> Tables { get; init; }

    /// <summary>One table; null when there is none of that name.</summary>
    /// <param name="key">Its name.</param>
    public ReportTable? Find(string key) => Tables.FirstOrDefault(t => t.Key == key);
}

/// <summary>Names of the tables.</summary>
public static class ReportTables
{
    /// <summary>All figures, beside those of the period before.</summary>
    public const string Figures = "figures";

    /// <summary>How the figures grew.</summary>
    public const string Timeline = "timeline";

    /// <summary>By segment.</summary>
    public const string Segments = "segments";

    /// <summary>Persons by number of exposures.</summary>
    public const string Frequency = "frequency";

    /// <summary>By building.</summary>
    public const string Sites = "sites";

    /// <summary>By screen.</summary>
    public const string Screens = "screens";

    /// <summary>By film.</summary>
    public const string Creatives = "creatives";

    /// <summary>Impressions by weekday and hour.</summary>
    public const string Hours = "hours";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Figures, Timeline, Segments, Frequency, Sites, Screens, Creatives, Hours];
}
