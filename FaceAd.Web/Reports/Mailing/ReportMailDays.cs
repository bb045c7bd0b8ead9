using FaceAd.Core;

namespace FaceAd.Web.Reports.Mailing;

/// <summary>
/// When reports are mailed. Each recipient is seen to every morning of the campaign's calendar, and the day decides: so a flight that is
/// moved moves its reports. A server that was away for mornings sends one report for all of them, the newest.
/// </summary>
static class ReportMailDays
{
    private static readonly TimeSpan Morning = TimeSpan.FromHours(8);

    /// <summary>The next morning after an instant.</summary>
    public static DateTimeOffset NextMorning(SiteCalendar calendar, DateTimeOffset now)
    {
        var today = MorningOf(calendar, calendar.DayOf(now));
        return today > now ? today : MorningOf(calendar, calendar.DayOf(now).AddDays(1));
    }

    /// <summary>What is due for a recipient; null for nothing.</summary>
    /// <param name="mailing">The recipient, with the morning on which they are seen to.</param>
    /// <param name="first">First day of the flight.</param>
    /// <param name="last">Last day of the flight.</param>
    /// <param name="calendar">The campaign's calendar.</param>
    /// <param name="now">Now, that morning or later.</param>
    public static DueReport? Due(ReportMailing mailing, DateOnly first, DateOnly last, SiteCalendar calendar, DateTimeOffset now)
    {
        var today = calendar.DayOf(now);
        if (mailing.AtEnd && last < today && mailing.EndedFor != last) return new DueReport(first, last, true);
        var monday = today.AddDays(-DaysSinceMonday(today));
        if (!mailing.Weekly || monday < calendar.DayOf(mailing.LookAt) || !InWeekBefore(monday, first, last)) return null;
        var (from, to) = (monday.AddDays(-7), monday.AddDays(-1));
        return new DueReport(from > first ? from : first, to < last ? to : last, false);
    }

    /// <summary>When a recipient gets the next report, if nothing changes; null for never again.</summary>
    public static DateTimeOffset? Next(ReportMailing mailing, DateOnly first, DateOnly last, SiteCalendar calendar)
    {
        var look = calendar.DayOf(mailing.LookAt);
        DateOnly? end = !mailing.AtEnd || mailing.EndedFor == last ? null : last < look ? look : last.AddDays(1);
        var from = first < look ? look : first.AddDays(1);
        var monday = from.AddDays((7 - DaysSinceMonday(from)) % 7);
        DateOnly? week = mailing.Weekly && InWeekBefore(monday, first, last) ? monday : null;
        return (end, week) switch
        {
            (null, null) => null,
            ({ } e, { } w) => MorningOf(calendar, e < w ? e : w),
            _ => MorningOf(calendar, (end ?? week)!.Value),
        };
    }

    private static DateTimeOffset MorningOf(SiteCalendar calendar, DateOnly day) => calendar.StartOf(day) + Morning;

    private static int DaysSinceMonday(DateOnly day) => ((int)day.DayOfWeek + 6) % 7;

    private static bool InWeekBefore(DateOnly monday, DateOnly first, DateOnly last) => first < monday && last >= monday.AddDays(-7);
}
