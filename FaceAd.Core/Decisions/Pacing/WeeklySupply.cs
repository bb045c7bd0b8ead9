namespace FaceAd.Core.Decisions.Pacing;

/// <summary>Impressions that are expected in each hour of a week, the same each week.</summary>
public sealed class WeeklySupply
{
    /// <summary>Hours of a week.</summary>
    public const int Hours = 7 * 24;

    private readonly double[] _until = new double[7 * 25]; // of each day, up to the start of each hour and to its end

    /// <summary>Creates a week.</summary>
    /// <param name="hours">What each hour brings, from Monday 0:00 on; <see cref="Hours"/> numbers, none below 0.</param>
    public WeeklySupply(IReadOnlyList<double> hours)
    {
        ArgumentNullException.ThrowIfNull(hours);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hours.Count, Hours);
        for (var hour = 0; hour < Hours; hour++)
        {
            var place = (hour / 24 * 25) + (hour % 24);
            _until[place + 1] = _until[place] + hours[hour];
        }
    }

    /// <summary>What a day brings.</summary>
    /// <param name="day">The day.</param>
    public double Of(DateOnly day) => _until[(Dayparting.Index(day.DayOfWeek) * 25) + 24];

    /// <summary>What a day brings up to an instant.</summary>
    /// <param name="clock">The instant on the site's clock.</param>
    public double Until(DateTime clock)
    {
        var (hours, place) = (clock.TimeOfDay.TotalHours, (Dayparting.Index(clock.DayOfWeek) * 25) + clock.Hour);
        return _until[place] + ((_until[place + 1] - _until[place]) * (hours - clock.Hour));
    }
}
