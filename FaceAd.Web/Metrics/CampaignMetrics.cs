using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>
/// A campaign's results. What can be added up covers all days asked for; people, Reach and Frequency one counting period of them.
/// Definitions: docs/metrics.md.
/// </summary>
public sealed record CampaignMetrics
{
    /// <summary>The query.</summary>
    public required MetricsQuery Query { get; init; }

    /// <summary>The days covered.</summary>
    public required MetricsDays Days { get; init; }

    /// <summary>Those of them in which people are counted: one counting period.</summary>
    public required MetricsWindow Window { get; init; }

    /// <summary>When they were computed.</summary>
    public required DateTimeOffset ComputedAt { get; init; }

    /// <summary>Whether the campaign's first day had begun by then.</summary>
    public required bool Begun { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public required long Plays { get; init; }

    /// <summary>Plays with measured presence.</summary>
    public required long MeasuredPlays { get; init; }

    /// <summary>Measured plays / plays, 0..1; null without plays.</summary>
    public required double? Coverage { get; init; }

    /// <summary>Exposures, repeats included.</summary>
    public required long Impressions { get; init; }

    /// <summary>Exposures to the campaign's segments, repeats included.</summary>
    public required long TargetImpressions { get; init; }

    /// <summary>The same in the counting period of <see cref="Window"/>, whose people are counted.</summary>
    public required long PeriodTargetImpressions { get; init; }

    /// <summary>Target impressions that the cost rests on, at a price per thousand; null for a flat price.</summary>
    public required long? ChargedImpressions { get; init; }

    /// <summary>Target impressions of the whole campaign to date, whatever was asked for.</summary>
    public required long Delivered { get; init; }

    /// <summary>Unique people of the target segments seen on the campaign's screens.</summary>
    public required int Universe { get; init; }

    /// <summary>Unique people of the target segments exposed at least once.</summary>
    public required int Reached { get; init; }

    /// <summary>Exposures to recognised people of the target segments in the counting period, repeats included.</summary>
    public required long TargetPersonExposures { get; init; }

    /// <summary>Reached / Universe, 0..1; null when the universe is 0, as with children, who are not re-identified.</summary>
    public required double? Reach { get; init; }

    /// <summary>Exposures per reached person; null when no one was reached.</summary>
    public required double? Frequency { get; init; }

    /// <summary>Reach in per cent x Frequency.</summary>
    public required double? Grp { get; init; }

    /// <summary>Exposures to targets / exposures with known segment, 0..1.</summary>
    public required double? OnTargetShare { get; init; }

    /// <summary>Cost accrued in these days, whole KRW; null when the campaign is not booked.</summary>
    public required decimal? CostKrw { get; init; }

    /// <summary>Cost per thousand impressions, KRW.</summary>
    public required double? CpmKrw { get; init; }

    /// <summary>Cost per thousand target impressions, KRW.</summary>
    public required double? TargetCpmKrw { get; init; }

    /// <summary>Completion, dwell time and attention.</summary>
    public required ViewMetrics Views { get; init; }

    /// <summary>
    /// True when people can no longer be counted for this query: the epoch has ended and its person records are destroyed. Only the figures
    /// per campaign and site, and the histogram as a whole, are kept.
    /// </summary>
    public required bool PersonsGone { get; init; }

    /// <summary>Reached people by number of exposures: 1, 2, ... 9, and 10 or more; empty when it is no longer available.</summary>
    public required IReadOnlyList<int> FrequencyHistogram { get; init; }

    /// <summary>The same by segment, unknown last.</summary>
    public required IReadOnlyList<SegmentMetrics> Segments { get; init; }

    /// <summary>How the figures grew, in steps of a minute, an hour or a day, depending on the span.</summary>
    public required IReadOnlyList<MetricsPoint> Timeline { get; init; }
}

/// <summary>Completion, dwell time and attention.</summary>
/// <param name="Completed">Completed views: exposures in view for the creative's length less 0.5 s.</param>
/// <param name="CompletionRate">Completed views / impressions, 0..1; null without impressions.</param>
/// <param name="CostPerCompletedKrw">Cost / completed views, KRW; null without any.</param>
/// <param name="Watchers">Exposures of viewers who faced the screen for at least the threshold.</param>
/// <param name="Conversion">Watchers / impressions, 0..1; null without impressions.</param>
/// <param name="DwellSeconds">Mean seconds in view during a play; null without impressions.</param>
/// <param name="AttentionSeconds">Mean seconds facing the screen during a play; null without impressions.</param>
public sealed record ViewMetrics(
    long Completed, double? CompletionRate, double? CostPerCompletedKrw, long Watchers, double? Conversion, double? DwellSeconds,
    double? AttentionSeconds);

/// <summary>A campaign's figures in one segment.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Targeted">Whether the campaign targets it.</param>
/// <param name="Impressions">Exposures, repeats included.</param>
/// <param name="Persons">Unique people exposed.</param>
/// <param name="Universe">Unique people seen on the campaign's screens.</param>
/// <param name="Reach">Persons / Universe; null when undefined.</param>
/// <param name="Frequency">PersonExposures / Persons; null when undefined.</param>
/// <param name="CpmKrw">Whole cost / this segment's impressions x 1000, KRW; null without impressions.</param>
/// <param name="PersonExposures">Exposures of recognised people in the counting period.</param>
/// <param name="PeriodImpressions">Exposures in the counting period, recognised or not.</param>
/// <param name="Views">Completion, dwell time and attention.</param>
public sealed record SegmentMetrics(
    Segment Segment, bool Targeted, long Impressions, int Persons, int Universe, double? Reach, double? Frequency, double? CpmKrw,
    long PersonExposures, long PeriodImpressions, ViewMetrics Views);

/// <summary>One step of the timeline.</summary>
/// <param name="At">Start of the step.</param>
/// <param name="Impressions">Exposures that began in it.</param>
/// <param name="ReachedSoFar">
/// Unique target people reached from the start of the counting period to the end of the step; null outside it.
/// </param>
/// <param name="Plays">Plays that began in it.</param>
public sealed record MetricsPoint(DateTimeOffset At, long Impressions, int? ReachedSoFar, int Plays);

/// <summary>A campaign's figures, for lists.</summary>
/// <param name="Impressions">Exposures, repeats included.</param>
/// <param name="Reach">Reach, 0..1.</param>
/// <param name="Reached">Unique target people exposed.</param>
/// <param name="Frequency">Frequency.</param>
/// <param name="CpmKrw">CPM, KRW.</param>
/// <param name="Coverage">Measured plays / plays.</param>
/// <param name="Universe">Unique target people seen on the campaign's screens.</param>
/// <param name="PeriodTargetImpressions">Exposures to the campaign's segments in the counting period, repeats included.</param>
/// <param name="TargetPersonExposures">Those of them to recognised people.</param>
/// <param name="CostKrw">Cost accrued, whole KRW; null when the campaign is not booked.</param>
/// <param name="ChargedImpressions">Target impressions that the cost rests on, at a price per thousand; null for a flat price.</param>
/// <param name="Begun">Whether the campaign's first day has begun.</param>
public sealed record CampaignSummary(
    long Impressions, double? Reach, int Reached, double? Frequency, double? CpmKrw, double? Coverage,
    int Universe, long PeriodTargetImpressions, long TargetPersonExposures, decimal? CostKrw, long? ChargedImpressions,
    bool Begun)
{
    /// <summary>Reduces a campaign's metrics to those of a list.</summary>
    /// <param name="m">A campaign's figures.</param>
    public static CampaignSummary Of(CampaignMetrics m) =>
        new(m.Impressions, m.Reach, m.Reached, m.Frequency, m.CpmKrw, m.Coverage, m.Universe, m.PeriodTargetImpressions,
            m.TargetPersonExposures, m.CostKrw, m.ChargedImpressions, m.Begun);
}
