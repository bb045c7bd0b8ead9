using FaceAd.Core;
using FaceAd.Web.Exposures;

namespace FaceAd.Bench.Delivery;

/// <summary>
/// Cuts what passes a screen into slots: an ad as soon as somebody has been looked at, then another as long as anybody is there.
/// </summary>
static class SlotCutter
{
    // The first look at a cabin takes about this long.
    static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1.2);

    /// <summary>The slots of one screen, in order.</summary>
    /// <param name="stays">Who was in view of it.</param>
    /// <param name="site">Number of its site.</param>
    /// <param name="screen">Number of the screen.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="first">First day of the trace.</param>
    public static IEnumerable<Slot> Cut(IEnumerable<Stay> stays, int site, int screen, SiteCalendar calendar, DateOnly first)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        List<Stay> all = [.. stays.OrderBy(s => s.From)];
        var (gone, at) = (0, DateTimeOffset.MinValue);
        while (gone < all.Count)
        {
            if (all[gone].To <= at)
            {
                gone++;
                continue;
            }
            List<Stay> near = [.. all.Skip(gone).TakeWhile(s => s.From < at + Slot.Length).Where(s => s.To > at)];
            if (!near.Exists(s => s.From <= at))
            {
                at = all[gone].From + FirstLook;
                continue;
            }
            var clock = calendar.ClockAt(at);
            yield return new Slot(
                at, site, screen, DateOnly.FromDateTime(clock).DayNumber - first.DayNumber, clock.TimeOfDay.TotalHours,
                [.. near.Select(s => SeatOf(s, at))]);
            at += Slot.Length;
        }
    }

    static Seat SeatOf(Stay stay, DateTimeOffset at)
    {
        var end = at + Slot.Length;
        var seen = (stay.To < end ? stay.To : end) - (stay.From > at ? stay.From : at);
        return new Seat(
            stay.Person, stay.Known, stay.Truth, stay.Estimate, stay.Counted, stay.From <= at, seen >= ExposureCalculator.DefaultThreshold);
    }
}
