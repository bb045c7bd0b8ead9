using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Days of a flight whose impressions, plays and cost are added up, over counting periods if need be; both ends inclusive.
/// </summary>
/// <param name="FirstDay">First day.</param>
/// <param name="LastDay">Last day.</param>
public readonly record struct MetricsDays(DateOnly FirstDay, DateOnly LastDay)
{
    /// <summary>
    /// The requested days that the flight has; the whole flight when it has none of them. Whoever shows them says so when these are not the
    /// requested ones: <see cref="Answer"/>.
    /// </summary>
    /// <param name="from">First requested day; null for the flight's first.</param>
    /// <param name="to">Last requested day; null for the flight's last.</param>
    /// <param name="startsOn">First day of the flight, inclusive.</param>
    /// <param name="endsOn">Last day of the flight, inclusive.</param>
    public static MetricsDays Of(DateOnly? from, DateOnly? to, DateOnly startsOn, DateOnly endsOn)
    {
        var (first, last) = (from > startsOn ? from.Value : startsOn, to < endsOn ? to.Value : endsOn);
        return from > to || first > last ? new(startsOn, endsOn) : new(first, last);
    }

    /// <summary>Whether these are the days that were requested.</summary>
    /// <param name="query">The request.</param>
    public bool Answer(MetricsQuery query) => (query.From ?? FirstDay) == FirstDay && (query.To ?? LastDay) == LastDay;
}

/// <summary>Days inside one epoch, in which people are counted; both ends inclusive.</summary>
/// <param name="FirstDay">First day.</param>
/// <param name="LastDay">Last day.</param>
/// <param name="Epoch">Number of the epoch.</param>
public readonly record struct MetricsWindow(DateOnly FirstDay, DateOnly LastDay, int Epoch)
{
    /// <summary>
    /// The part of some days that lies in the current epoch; when they have ended, in that of the last; before them, in that of the first.
    /// </summary>
    /// <param name="days">The days.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="now">The instant in question.</param>
    public static MetricsWindow Of(MetricsDays days, SiteCalendar calendar, DateTimeOffset now)
    {
        var today = calendar.DayOf(now);
        return InEpochOf(today < days.FirstDay ? days.FirstDay : today > days.LastDay ? days.LastDay : today, days, calendar);
    }

    /// <summary>
    /// The epochs of some days, each with its part of them. People cannot be matched across epochs, so each has its own Reach.
    /// </summary>
    /// <param name="days">The days.</param>
    /// <param name="calendar">The site's calendar.</param>
    public static IEnumerable<MetricsWindow> EpochsOf(MetricsDays days, SiteCalendar calendar)
    {
        for (var epoch = calendar.EpochOf(days.FirstDay); epoch <= calendar.EpochOf(days.LastDay); epoch++)
            yield return InEpochOf(calendar.LastDayOf(epoch), days, calendar);
    }

    /// <summary>Whether a day is one of these.</summary>
    /// <param name="day">The day.</param>
    public bool Contains(DateOnly day) => FirstDay <= day && day <= LastDay;

    private static MetricsWindow InEpochOf(DateOnly day, MetricsDays days, SiteCalendar calendar)
    {
        var epoch = calendar.EpochOf(day);
        var (first, last) = (calendar.FirstDayOf(epoch), calendar.LastDayOf(epoch));
        return new MetricsWindow(days.FirstDay > first ? days.FirstDay : first, days.LastDay < last ? days.LastDay : last, epoch);
    }
}
