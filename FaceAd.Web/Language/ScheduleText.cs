using System.Globalization;
using FaceAd.Core.Decisions;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>Formats days of the week and hours of the day in the reader's language.</summary>
/// <param name="l">The texts.</param>
sealed class ScheduleText(IStringLocalizer<Texts> l)
{
    /// <summary>Name of a day of the week.</summary>
    /// <param name="day">0 for Monday to 6 for Sunday.</param>
    public string DayName(int day) => CultureInfo.CurrentUICulture.DateTimeFormat.GetDayName((DayOfWeek)((day + 1) % 7));

    /// <summary>Short name of a day of the week.</summary>
    /// <param name="day">0 for Monday to 6 for Sunday.</param>
    public string DayShort(int day) => CultureInfo.CurrentUICulture.DateTimeFormat.GetAbbreviatedDayName((DayOfWeek)((day + 1) % 7));

    /// <summary>A run of hours, such as 07:00–10:00.</summary>
    /// <param name="from">First hour.</param>
    /// <param name="to">The hour after the last.</param>
    public string Span(int from, int to) => string.Create(CultureInfo.InvariantCulture, $"{from:00}:00–{to:00}:00");

    /// <summary>A campaign's days and hours.</summary>
    /// <param name="days">Days of the week, see <see cref="Dayparting"/>.</param>
    /// <param name="hours">Hours of the day.</param>
    public string Hours(int days, int hours)
    {
        if (!Dayparting.IsValid(days, hours)) return Display.Dash;
        var dayWords = days == Dayparting.AllDays ? l["Book.EveryDay"].Value : string.Join(", ", Runs(days, 7).Select(r => r.To - r.From < 3
            ? string.Join(", ", Enumerable.Range(r.From, r.To - r.From).Select(DayShort)) : $"{DayShort(r.From)}–{DayShort(r.To - 1)}"));
        var hourWords = hours == Dayparting.AllHours
            ? l["Book.AllDay"].Value : string.Join(", ", Dayparting.Runs(hours).Select(r => Span(r.From, r.To)));
        return $"{dayWords} · {hourWords}";
    }

    private static IEnumerable<(int From, int To)> Runs(int set, int length)
    {
        for (var from = 0; from < length; from++)
        {
            if (((set >> from) & 1) == 0) continue;
            var to = from;
            while (to < length && ((set >> to) & 1) != 0) to++;
            yield return (from, to);
            from = to;
        }
    }
}
