using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>Site days inside one epoch; both ends inclusive.</summary>
/// <param name="FirstDay">First day.</param>
/// <param name="LastDay">Last day.</param>
/// <param name="Epoch">Number of the epoch.</param>
public readonly record struct MetricsWindow(DateOnly FirstDay, DateOnly LastDay, int Epoch)
{
    /// <summary>
    /// The part of a flight inside the current epoch; before the flight, the epoch of its first day; after it, the epoch of its last.
    /// </summary>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="now">The instant in question.</param>
    public static MetricsWindow Of(DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar, DateTimeOffset now) =>
        InEpochOf(calendar.DayOf(now), startsOn, endsOn, calendar);

    /// <summary>
    /// The requested days, cut to the flight and to one epoch: that of the last requested day. Days outside the flight give the default
    /// window.
    /// </summary>
    /// <param name="from">First requested day; null for the earliest.</param>
    /// <param name="to">Last requested day; null for the latest.</param>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="now">The instant in question.</param>
    public static MetricsWindow Of(
        DateOnly? from, DateOnly? to, DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar, DateTimeOffset now)
    {
        if (from > to || to < startsOn || from > endsOn) return Of(startsOn, endsOn, calendar, now);
        var day = to
            ?? (from is { } first && calendar.EpochOf(first) != calendar.EpochOf(calendar.DayOf(now)) ? first : calendar.DayOf(now));
        var whole = InEpochOf(day, startsOn, endsOn, calendar);
        return whole with
        {
            FirstDay = from > whole.FirstDay && from <= whole.LastDay ? from.Value : whole.FirstDay,
            LastDay = to < whole.LastDay && to >= whole.FirstDay ? to.Value : whole.LastDay,
        };
    }

    /// <summary>
    /// The epochs of a flight, each with the flight's days in it. People cannot be matched across epochs, so each has its own Reach.
    /// </summary>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">The site's calendar.</param>
    public static IEnumerable<MetricsWindow> EpochsOf(DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar)
    {
        for (var epoch = calendar.EpochOf(startsOn); epoch <= calendar.EpochOf(endsOn); epoch++)
            yield return InEpochOf(calendar.LastDayOf(epoch), startsOn, endsOn, calendar);
    }

    private static MetricsWindow InEpochOf(DateOnly day, DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar)
    {
        var epoch = calendar.EpochOf(day < startsOn ? startsOn : day > endsOn ? endsOn : day);
        var (first, last) = (calendar.FirstDayOf(epoch), calendar.LastDayOf(epoch));
        return new MetricsWindow(startsOn > first ? startsOn : first, endsOn < last ? endsOn : last, epoch);
    }
}
