using FaceAd.Web.Screens;

namespace FaceAd.Web.Metrics;

/// <summary>A window of metrics: whole site-days inside one epoch, since persons are not recognised across epochs.</summary>
/// <param name="FirstDay">First day, inclusive.</param>
/// <param name="LastDay">Last day, inclusive.</param>
/// <param name="Epoch">Number of the epoch that holds both.</param>
public sealed record MetricsWindow(DateOnly FirstDay, DateOnly LastDay, int Epoch)
{
    /// <summary>
    /// The part of a flight inside today's epoch; before the flight the epoch of its first day, after it the epoch of its last.
    /// </summary>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">Days and epochs of the site.</param>
    /// <param name="now">The instant asked for.</param>
    public static MetricsWindow Of(DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar, DateTimeOffset now)
    {
        var today = calendar.DayOf(now);
        var day = today < startsOn ? startsOn : today > endsOn ? endsOn : today;
        var epoch = calendar.EpochOf(day);
        var (first, last) = (calendar.FirstDayOf(epoch), calendar.LastDayOf(epoch));
        return new MetricsWindow(startsOn > first ? startsOn : first, endsOn < last ? endsOn : last, epoch);
    }
}
