namespace FaceAd.Demo.History.Riders;

/// <summary>When people ride.</summary>
static class Rhythm
{
    // Weights of the hours from 0 to 23.
    static readonly double[] Home =
        [1, 0, 0, 0, 0, 1, 4, 9, 10, 5, 4, 4, 5, 4, 4, 5, 5, 6, 9, 10, 8, 6, 4, 2];

    static readonly double[] HomeAtWeekends =
        [2, 1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 6, 5, 4, 3];

    static readonly double[] Work = [0, 0, 0, 0, 0, 0, 1, 5, 16, 11, 3, 6, 14, 10, 3, 3, 4, 6, 14, 6, 3, 2, 1, 0];
    static readonly double[] Errands = [0, 0, 0, 0, 0, 0, 0, 0, 2, 9, 12, 11, 7, 8, 11, 12, 10, 7, 4, 2, 1, 0, 0, 0];

    /// <summary>Rides of one member in each hour of a day, as a share of the rides of a weekday.</summary>
    /// <param name="crowd">Why they ride.</param>
    /// <param name="day">The day.</param>
    public static double[] Of(Crowd crowd, DateOnly day)
    {
        var isFree = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var (hours, amount) = crowd switch
        {
            Crowd.Resident => isFree ? (HomeAtWeekends, 0.85) : (Home, 1.0),
            Crowd.Worker => (Work, AmountOfWork(day.DayOfWeek)),
            _ => (Errands, AmountOfErrands(day.DayOfWeek)),
        };
        var whole = hours.Sum();
        return Array.ConvertAll(hours, h => amount * h / whole);
    }

    static double AmountOfWork(DayOfWeek day) => day switch
    {
        DayOfWeek.Sunday => 0.02,
        DayOfWeek.Saturday => 0.06,
        DayOfWeek.Friday => 0.9,
        _ => 1,
    };

    static double AmountOfErrands(DayOfWeek day) => day switch
    {
        DayOfWeek.Sunday => 0.1,
        DayOfWeek.Saturday => 0.55,
        DayOfWeek.Monday => 1.15,
        _ => 1,
    };
}
