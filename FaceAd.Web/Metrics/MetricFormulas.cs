using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Metrics;

/// <summary>
/// The formulas of the metrics. Pure; undefined values are null, never 0. Definitions and their sources: docs/metrics.md.
/// </summary>
static class MetricFormulas
{
    /// <summary>Reach = unique target people exposed at least once / Universe, 0..1; null when the universe is 0.</summary>
    /// <param name="reached">Unique target people exposed.</param>
    /// <param name="universe">Unique target people seen on the campaign's screens in the window.</param>
    public static double? Reach(int reached, int universe) => universe == 0 ? null : (double)reached / universe;

    /// <summary>Frequency = exposures to target people / unique target people exposed; null when no one was exposed.</summary>
    /// <param name="exposures">Exposures to recognised target people, repeats included.</param>
    /// <param name="reached">Unique target people exposed.</param>
    public static double? Frequency(long exposures, int reached) => reached == 0 ? null : (double)exposures / reached;

    /// <summary>GRP = Reach in per cent x Frequency; null when either is null.</summary>
    /// <param name="reach">Reach, 0..1.</param>
    /// <param name="frequency">Frequency.</param>
    public static double? Grp(double? reach, double? frequency) => reach * 100 * frequency;

    /// <summary>CPM = cost / impressions x 1000, in KRW; null without impressions or without a cost.</summary>
    /// <param name="costKrw">Cost in KRW; null when the campaign is not booked.</param>
    /// <param name="impressions">All impressions for CPM, target impressions for target CPM, a segment's for a segment's CPM.</param>
    public static double? Cpm(decimal? costKrw, long impressions) => impressions == 0 ? null : (double?)(costKrw / impressions * 1000);

    /// <summary>Share of plays with measured presence, 0..1; null without plays.</summary>
    /// <param name="measuredPlays">Plays with measured presence.</param>
    /// <param name="plays">All plays.</param>
    public static double? Coverage(long measuredPlays, long plays) => plays == 0 ? null : (double)measuredPlays / plays;

    /// <summary>On-target share = exposures to targets / exposures with known segment, 0..1; null without any known.</summary>
    /// <param name="onTarget">Exposures to targets.</param>
    /// <param name="known">Exposures with known segment.</param>
    public static double? OnTargetShare(long onTarget, long known) => known == 0 ? null : (double)onTarget / known;

    /// <summary>A share of the impressions, 0..1: completed views, or watchers; null without impressions.</summary>
    /// <param name="part">Completed views for the completion rate, watchers for conversion.</param>
    /// <param name="impressions">Exposures.</param>
    public static double? Share(long part, long impressions) => impressions == 0 ? null : (double)part / impressions;

    /// <summary>Cost per completed view = cost / completed views, in KRW; null without completed views or without a cost.</summary>
    /// <param name="costKrw">Cost in KRW; null when the campaign is not booked.</param>
    /// <param name="completed">Completed views.</param>
    public static double? CostPerCompletedView(decimal? costKrw, long completed) => completed == 0 ? null : (double?)(costKrw / completed);

    /// <summary>Mean seconds of dwell or attention; null when the count is 0.</summary>
    /// <param name="milliseconds">Total milliseconds.</param>
    /// <param name="count">Number of exposures or presences.</param>
    public static double? MeanSeconds(long milliseconds, long count) => count == 0 ? null : milliseconds / 1000.0 / count;

    /// <summary>
    /// The part of a campaign's cost attributed to some of its sites, screens or creatives, by their share of the play seconds, in whole
    /// won; 0 without plays.
    /// </summary>
    /// <param name="costKrw">
    /// Cost of the campaign in the same days, KRW; null when it is not booked, and then the result is null too.
    /// </param>
    /// <param name="playMs">Play milliseconds of the part.</param>
    /// <param name="allPlayMs">Play milliseconds of the campaign in the same days.</param>
    public static decimal? CostShare(decimal? costKrw, long playMs, long allPlayMs) =>
        costKrw is not { } cost ? null : allPlayMs == 0 ? 0 : KrwAmount.Whole(cost * playMs / allPlayMs);
}
