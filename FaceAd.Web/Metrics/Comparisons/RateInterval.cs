namespace FaceAd.Web.Metrics.Comparisons;

/// <summary>
/// The 95 % interval of a share (Wilson's score interval), which holds for small counts and near 0 and 1 too. It takes the counted as
/// independent, so people who come again make it a little too narrow. Pure; docs/metrics.md, "Creative against creative".
/// </summary>
/// <param name="Low">Lower end, 0..1.</param>
/// <param name="High">Upper end, 0..1.</param>
readonly record struct RateInterval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution that leaves 2.5 % on either side.</summary>
    public const double Z = 1.959963984540054;

    /// <summary>The interval of a share; null without anything counted.</summary>
    /// <param name="part">How many of them, such as completed views.</param>
    /// <param name="of">All that were counted, such as impressions.</param>
    public static RateInterval? Of(long part, long of)
    {
        if (of <= 0) return null;
        var (share, n) = ((double)part / of, (double)of);
        var middle = share + (Z * Z / (2 * n));
        var half = Z * Math.Sqrt((share * (1 - share) / n) + (Z * Z / (4 * n * n)));
        var scale = 1 + (Z * Z / n);
        return new(Math.Max(0, (middle - half) / scale), Math.Min(1, (middle + half) / scale));
    }

    /// <summary>
    /// Position of the best part by its completed-view rate: its interval lies above every other's. Null while any overlaps, or with fewer
    /// than two parts.
    /// </summary>
    /// <param name="parts">The parts.</param>
    public static int? Best(IReadOnlyList<MetricsPart> parts)
    {
        if (parts.Count < 2) return null;
        var intervals = parts.Select(p => Of(p.Views.Completed, p.Impressions)).ToList();
        if (intervals.Contains(null)) return null;
        var best = Enumerable.Range(0, parts.Count).MaxBy(i => intervals[i]!.Value.Low);
        return intervals.Where((_, i) => i != best).All(other => other!.Value.High < intervals[best]!.Value.Low) ? best : null;
    }
}
