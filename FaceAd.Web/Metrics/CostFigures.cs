namespace FaceAd.Web.Metrics;

/// <summary>
/// What a thousand impressions or a completed view cost, as it is shown: not before <see cref="Least"/> of whatever it rests on have been
/// counted. The one place of this rule, for pages, files, print and API. Pure; docs/metrics.md, "Too early".
/// </summary>
static class CostFigures
{
    /// <summary>The least count behind a cost per something: chance moves a count of 100 by a tenth (1 / sqrt 100).</summary>
    public const int Least = 100;

    /// <summary>CPM.</summary>
    /// <param name="m">The campaign's figures.</param>
    public static ShownFigure Cpm(CampaignMetrics m) => Show(m.Begun, m.CpmKrw, m.CostKrw, m.Impressions, m.ChargedImpressions);

    /// <summary>CPM, in a list.</summary>
    /// <param name="s">The campaign's figures.</param>
    public static ShownFigure Cpm(CampaignSummary s) => Show(s.Begun, s.CpmKrw, s.CostKrw, s.Impressions, s.ChargedImpressions);

    /// <summary>Target CPM.</summary>
    /// <param name="m">The campaign's figures.</param>
    public static ShownFigure TargetCpm(CampaignMetrics m) =>
        Show(m.Begun, m.TargetCpmKrw, m.CostKrw, m.TargetImpressions, m.ChargedImpressions);

    /// <summary>A segment's CPM.</summary>
    /// <param name="m">The campaign's figures.</param>
    /// <param name="segment">The segment's.</param>
    public static ShownFigure Cpm(CampaignMetrics m, SegmentMetrics segment) =>
        Show(m.Begun, segment.CpmKrw, m.CostKrw, segment.Impressions, m.ChargedImpressions);

    /// <summary>The CPM of a site, a screen or a creative.</summary>
    /// <param name="m">The campaign's figures.</param>
    /// <param name="part">The part's.</param>
    public static ShownFigure Cpm(CampaignMetrics m, MetricsPart part) =>
        Show(m.Begun, part.CpmKrw, part.CostKrw, part.Impressions, m.ChargedImpressions);

    /// <summary>Cost per completed view.</summary>
    /// <param name="m">The campaign's figures.</param>
    public static ShownFigure PerCompletedView(CampaignMetrics m) =>
        Show(m.Begun, m.Views.CostPerCompletedKrw, m.CostKrw, m.Views.Completed, m.ChargedImpressions);

    // A price per thousand makes the cost itself a count, of what was charged.
    private static ShownFigure Show(bool begun, double? krw, decimal? cost, long count, long? charged) =>
        cost is null ? default
        : !begun ? ShownFigure.No(NoFigure.NotBegun)
        : Math.Min(count, charged ?? count) < Least ? ShownFigure.No(NoFigure.TooEarly)
        : new(krw);
}
