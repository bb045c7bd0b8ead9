using FaceAd.Core;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>
/// How often people came in the first days of an epoch: numbers of people, and no person. It outlives the records of the people.
/// </summary>
public sealed class VisitPattern
{
    private const int Hours = 24;
    private readonly long[] _persons;
    private readonly long[] _rides;

    /// <summary>Creates a pattern.</summary>
    /// <param name="days">Days that were watched, 1 to 28.</param>
    /// <param name="persons">Persons by the number of days on which they were seen, from one day on.</param>
    /// <param name="rides">Their presences in these days, in the same order, 24 each: by hour of the day.</param>
    public VisitPattern(int days, IReadOnlyList<long> persons, IReadOnlyList<long> rides)
    {
        ArgumentNullException.ThrowIfNull(persons);
        ArgumentNullException.ThrowIfNull(rides);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rides.Count, persons.Count * Hours);
        if (days is < 1 or > SiteCalendar.EpochDays || persons.Count > days)
            throw new ArgumentOutOfRangeException(nameof(days), days, "Nobody is seen on more days than were watched, 28 at most.");
        (Days, _persons, _rides) = (days, [.. persons], [.. rides]);
    }

    /// <summary>Days that were watched.</summary>
    public int Days { get; }

    /// <summary>The largest number of days on which somebody was seen.</summary>
    public int Most => _persons.Length;

    /// <summary>All presences.</summary>
    public long Rides => _rides.Sum();

    /// <summary>The place of presences in an array of this kind.</summary>
    /// <param name="days">Days on which the person was seen, from 1.</param>
    /// <param name="hour">Hour of the day.</param>
    public static int Place(int days, int hour) => ((days - 1) * Hours) + hour;

    /// <summary>Persons seen on so many days.</summary>
    /// <param name="days">1 to <see cref="Most"/>.</param>
    public long Persons(int days) => _persons[days - 1];

    /// <summary>Presences of these on a day on which they are seen, on average; at least 1.</summary>
    /// <param name="days">1 to <see cref="Most"/>.</param>
    public double RidesADay(int days) => _persons[days - 1] == 0 ? 1 : Math.Max(1, (double)RidesOf(days) / (days * _persons[days - 1]));

    /// <summary>Share of their presences that lie in some hours.</summary>
    /// <param name="days">1 to <see cref="Most"/>.</param>
    /// <param name="hours">By hour of the day, how much of it counts, 0..1.</param>
    public double ShareIn(int days, IReadOnlyList<double> hours)
    {
        ArgumentNullException.ThrowIfNull(hours);
        var (part, whole) = (0.0, 0L);
        for (var hour = 0; hour < Hours; hour++)
        {
            part += hours[hour] * _rides[Place(days, hour)];
            whole += _rides[Place(days, hour)];
        }
        return whole == 0 ? 0 : part / whole;
    }

    /// <summary>Patterns of several places and segments as one. All have been watched for the same days.</summary>
    /// <param name="patterns">The patterns, at least one.</param>
    public static VisitPattern Sum(IReadOnlyCollection<VisitPattern> patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        var most = patterns.Max(p => p.Most);
        var (persons, rides) = (new long[most], new long[most * Hours]);
        foreach (var pattern in patterns)
        {
            for (var i = 0; i < pattern.Most; i++) persons[i] += pattern._persons[i];
            for (var i = 0; i < pattern._rides.Length; i++) rides[i] += pattern._rides[i];
        }
        return new VisitPattern(patterns.First().Days, persons, rides);
    }

    private long RidesOf(int days)
    {
        var sum = 0L;
        for (var hour = 0; hour < Hours; hour++) sum += _rides[Place(days, hour)];
        return sum;
    }
}
