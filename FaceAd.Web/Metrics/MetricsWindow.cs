using FaceAd.Web.Screens;

namespace FaceAd.Web.Metrics;

/// <summary>Days of the site inside one epoch; both ends included.</summary>
/// <param name="FirstDay">First day.</param>
/// <param name="LastDay">Last day.</param>
/// <param name="Epoch">Number of the epoch.</param>
public readonly record struct MetricsWindow(DateOnly FirstDay, DateOnly LastDay, int Epoch)
{
    /// <summary>
    /// The part of a flight inside today's epoch; before the flight the epoch of its first day, after it the epoch of its last.
    /// </summary>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">Days and epochs of the site.</param>
    /// <param name="now">The instant asked for.</param>
    public static MetricsWindow Of(DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar, DateTimeOffset now) =>
        InEpochOf(calendar.DayOf(now), startsOn, endsOn, calendar);

    /// <summary>
    /// The days asked for, cut to the flight and to one epoch: that of the last day asked for. Days that have nothing to do with the
    /// flight give the default window.
    /// </summary>
    /// <param name="from">First day asked for; null for the earliest.</param>
    /// <param name="to">Last day asked for; null for the latest.</param>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">Days and epochs of the site.</param>
    /// <param name="now">The instant asked for.</param>
    public static MetricsWindow Of(DateOnly? from, DateOnly? to, DateOnly startsOn, DateOnly endsOn, SiteCalendar calendar, DateTimeOffset now)
    {
        if (from > to || to < startsOn || from > endsOn) return Of(startsOn, endsOn, calendar, now);
        var day = to ?? (from is { } first && calendar.EpochOf(first) != calendar.EpochOf(calendar.DayOf(now)) ? first : calendar.DayOf(now));
        var whole = InEpochOf(day, startsOn, endsOn, calendar);
        return whole with
        {
            FirstDay = from > whole.FirstDay && from <= whole.LastDay ? from.Value : whole.FirstDay,
            LastDay = to < whole.LastDay && to >= whole.FirstDay ? to.Value : whole.LastDay,
        };
    }

    /// <summary>The epochs of a flight, each with the flight's days in it. Persons of two epochs cannot be compared: each has a Reach of its own.</summary>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    /// <param name="calendar">Days and epochs of the site.</param>
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
