namespace FaceAd.Core.Decisions.Gates;

/// <summary>Where the windows of frequency caps begin at an instant.</summary>
/// <param name="Now">The instant.</param>
/// <param name="Day">Start of the site's day.</param>
/// <param name="Week">Start of its week, or of the epoch, if that is later.</param>
/// <param name="Epoch">Start of its epoch.</param>
public readonly record struct CapWindows(DateTimeOffset Now, DateTimeOffset Day, DateTimeOffset Week, DateTimeOffset Epoch)
{
    /// <summary>The windows at an instant.</summary>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant.</param>
    public static CapWindows At(SiteCalendar calendar, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var today = calendar.DayOf(now);
        var (epoch, monday) = (calendar.FirstDayOf(calendar.EpochOf(today)), today.AddDays(-Dayparting.Index(today.DayOfWeek)));
        return new(now, calendar.StartOf(today), calendar.StartOf(monday > epoch ? monday : epoch), calendar.StartOf(epoch));
    }

    /// <summary>The first instant that counts.</summary>
    /// <param name="unit">The unit of a cap.</param>
    public DateTimeOffset From(CapUnit unit) => unit switch
    {
        CapUnit.Minute => Now.AddMinutes(-1),
        CapUnit.Hour => Now.AddHours(-1),
        CapUnit.Day => Day,
        CapUnit.Week => Week,
        CapUnit.Epoch => Epoch,
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "Unknown unit of time."),
    };
}
