namespace FaceAd.Web.Reports;

/// <summary>How a figure is measured; its text is <c>Metric.Basis.</c> and the name.</summary>
public enum MetricBasis
{
    /// <summary>Camera: faces in view of the screen while the ad is on. Opportunity to see.</summary>
    OpportunityToSee = 0,

    /// <summary>Camera: faces turned to the screen. Viewed.</summary>
    Viewed = 1,

    /// <summary>Camera: faces recognised again within a counting period. Opportunity to see, by people.</summary>
    People = 2,

    /// <summary>The player's signed proof of play; no camera. Served.</summary>
    Played = 3,

    /// <summary>The booking, and what is counted above.</summary>
    Booked = 4,
}

/// <summary>A figure of a campaign.</summary>
/// <param name="Key">Its name in files and the API. Its texts: <c>Report.Column.</c>, <c>Report.Word.</c> and this.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Basis">How it is measured.</param>
public sealed record MetricDefinition(string Key, ReportUnit Unit, MetricBasis Basis);

/// <summary>
/// Every figure of a campaign, once: pages, print, files and the API take name, unit, definition and measurement basis from here.
/// </summary>
public static class MetricDefinitions
{
    /// <summary>All figures, in the order of the report.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        new("reach", ReportUnit.Share, MetricBasis.People), new("reached", ReportUnit.Count, MetricBasis.People),
        new("universe", ReportUnit.Count, MetricBasis.People), new("frequency", ReportUnit.Ratio, MetricBasis.People),
        new("grp", ReportUnit.Ratio, MetricBasis.People),
        new("impressions", ReportUnit.Count, MetricBasis.OpportunityToSee),
        new("target_impressions", ReportUnit.Count, MetricBasis.OpportunityToSee),
        new("on_target_share", ReportUnit.Share, MetricBasis.OpportunityToSee),
        new("committed_cost_krw", ReportUnit.Krw, MetricBasis.Booked), new("accrued_cost_krw", ReportUnit.Krw, MetricBasis.Booked),
        new("projected_cost_krw", ReportUnit.Krw, MetricBasis.Booked), new("credit_krw", ReportUnit.Krw, MetricBasis.Booked),
        new("cpm_krw", ReportUnit.Krw, MetricBasis.OpportunityToSee), new("target_cpm_krw", ReportUnit.Krw, MetricBasis.OpportunityToSee),
        new("planned_target_impressions", ReportUnit.Count, MetricBasis.Booked),
        new("pacing", ReportUnit.Share, MetricBasis.OpportunityToSee),
        new("projected_target_impressions", ReportUnit.Count, MetricBasis.OpportunityToSee),
        new("completed_views", ReportUnit.Count, MetricBasis.OpportunityToSee),
        new("completion_rate", ReportUnit.Share, MetricBasis.OpportunityToSee),
        new("cost_per_completed_view_krw", ReportUnit.Krw, MetricBasis.OpportunityToSee),
        new("watchers", ReportUnit.Count, MetricBasis.Viewed), new("conversion", ReportUnit.Share, MetricBasis.Viewed),
        new("dwell_seconds", ReportUnit.Seconds, MetricBasis.OpportunityToSee),
        new("attention_seconds", ReportUnit.Seconds, MetricBasis.Viewed),
        new("plays", ReportUnit.Count, MetricBasis.Played), new("measured_plays", ReportUnit.Count, MetricBasis.Played),
        new("coverage", ReportUnit.Share, MetricBasis.Played),
    ];

    /// <summary>One figure.</summary>
    /// <param name="key">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public static MetricDefinition Of(string key) =>
        All.FirstOrDefault(d => d.Key == key) ?? throw new KeyNotFoundException($"There is no figure {key}.");
}
