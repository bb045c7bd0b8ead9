using System.Numerics;

namespace FaceAd.Core.Decisions;

/// <summary>
/// Days of the week and hours of the day that a campaign runs in, on the site's clock. Two sets: an hour counts when both its day and its
/// hour are in them. Pure rules; the sets are bit masks, so that a lookup costs two shifts.
/// </summary>
public static class Dayparting
{
    /// <summary>All days: bit 0 is Monday, bit 6 is Sunday.</summary>
    public const int AllDays = 0b111_1111;

    /// <summary>All hours: bit h is the hour from h:00 to h:59.</summary>
    public const int AllHours = 0xFF_FFFF;

    /// <summary>Whether a campaign runs in an hour.</summary>
    /// <param name="days">Its days of the week.</param>
    /// <param name="hours">Its hours of the day.</param>
    /// <param name="local">The instant on the site's clock.</param>
    public static bool Wants(int days, int hours, DateTime local) => ((days >> Index(local.DayOfWeek)) & (hours >> local.Hour) & 1) != 0;

    /// <summary>Whether both sets are valid and not empty.</summary>
    /// <param name="days">Days of the week.</param>
    /// <param name="hours">Hours of the day.</param>
    public static bool IsValid(int days, int hours) => days is > 0 and <= AllDays && hours is > 0 and <= AllHours;

    /// <summary>Number of a day of the week, 0 for Monday to 6 for Sunday.</summary>
    /// <param name="day">The day.</param>
    public static int Index(DayOfWeek day) => ((int)day + 6) % 7;

    /// <summary>Hours a campaign runs in from its first to its last day, at most 24 a day.</summary>
    /// <param name="days">Its days of the week.</param>
    /// <param name="hours">Its hours of the day.</param>
    /// <param name="startsOn">First day.</param>
    /// <param name="endsOn">Last day, inclusive.</param>
    public static int CountHours(int days, int hours, DateOnly startsOn, DateOnly endsOn)
    {
        var wanted = 0;
        for (var day = startsOn; day <= endsOn; day = day.AddDays(1)) wanted += (days >> Index(day.DayOfWeek)) & 1;
        return wanted * BitOperations.PopCount((uint)hours);
    }

    /// <summary>
    /// Start of the next hour a campaign runs in, on the site's clock: the current hour if it qualifies. Null when the campaign ends
    /// before.
    /// </summary>
    /// <param name="days">Its days of the week.</param>
    /// <param name="hours">Its hours of the day.</param>
    /// <param name="plan">Its dates.</param>
    /// <param name="local">The instant on the site's clock.</param>
    public static DateTime? Next(int days, int hours, FlightPlan plan, DateTime local)
    {
        var hour = local.Date.AddHours(local.Hour);
        while (plan.Next(DateOnly.FromDateTime(hour)) is { } day)
        {
            if (day > DateOnly.FromDateTime(hour)) hour = day.ToDateTime(default);
            if (Wants(days, hours, hour)) return hour;
            hour = hour.AddHours(1);
        }
        return null;
    }

    /// <summary>
    /// Contiguous runs of hours, from the first hour to the hour after the last: 7..9 is two hours. A run does not cross midnight.
    /// </summary>
    /// <param name="hours">Hours of the day.</param>
    public static IEnumerable<(int From, int To)> Runs(int hours)
    {
        for (var from = 0; from < 24; from++)
        {
            if (((hours >> from) & 1) == 0) continue;
            var to = from;
            while (to < 24 && ((hours >> to) & 1) != 0) to++;
            yield return (from, to);
            from = to;
        }
    }
}
