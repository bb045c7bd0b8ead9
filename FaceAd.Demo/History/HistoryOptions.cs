using FaceAd.Core;

namespace FaceAd.Demo.History;

/// <summary>How much history is made.</summary>
/// <param name="Now">The instant at which it ends.</param>
/// <param name="Share">Share of the usual traffic, 0..1.</param>
sealed record HistoryOptions(DateTimeOffset Now, double Share = 1)
{
    /// <summary>The first instant of the day on which it ends.</summary>
    public DateTimeOffset Today => SiteCalendar.Default.StartOf(SiteCalendar.Default.DayOf(Now));
}
