using FaceAd.Core;

namespace FaceAd.Web.Metrics.Places;

/// <summary>How much of what a building played was measured, in words. Definition: docs/metrics.md, "Buildings".</summary>
public enum CoverageRating
{
    /// <summary>Fewer than <see cref="CostFigures.Least"/> plays: too early to rate.</summary>
    TooEarly = 0,

    /// <summary>Nothing was measured.</summary>
    None = 1,

    /// <summary>Less than half.</summary>
    Low = 2,

    /// <summary>At least half.</summary>
    Fair = 3,

    /// <summary>At least 80 %.</summary>
    Good = 4,

    /// <summary>At least 95 %.</summary>
    Full = 5,
}

/// <summary>
/// A building as those see it who may book it: whoever rides there, and nothing about who books it. Definitions: docs/metrics.md,
/// "Buildings".
/// </summary>
public sealed record BuildingFigures
{
    /// <summary>Rides a day below which its hours and segments would tell of single people.</summary>
    public const int LeastRides = CostFigures.Least;

    /// <summary>The building.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its address; may be empty.</summary>
    public required string Address { get; init; }

    /// <summary>Degrees north and east; null when nobody has said where it is.</summary>
    public required (double Latitude, double Longitude)? Place { get; init; }

    /// <summary>SHA-256 of its picture; null without one.</summary>
    public required string? Picture { get; init; }

    /// <summary>Whether its cameras may run.</summary>
    public required bool Measures { get; init; }

    /// <summary>Its screens.</summary>
    public required int Screens { get; init; }

    /// <summary>Presences in the last 28 days.</summary>
    public required long Rides { get; init; }

    /// <summary>Days of these on which anybody was measured.</summary>
    public required int MeasuredDays { get; init; }

    /// <summary>Presences by hour of the day, 0..23.</summary>
    public required IReadOnlyList<long> Hours { get; init; }

    /// <summary>Presences by segment, those with an unknown one left out.</summary>
    public required IReadOnlyDictionary<Segment, long> Segments { get; init; }

    /// <summary>Plays of campaigns in these days, and how many of them were measured.</summary>
    public required (long Plays, long Measured) Played { get; init; }

    /// <summary>Rides on a measured day, as they may be seen; undefined when nobody was measured.</summary>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public ShownFigure RidesADay(bool exact) => ADay(Rides, exact);

    /// <summary>Rides in each hour of a measured day, as they may be seen.</summary>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public IReadOnlyList<ShownFigure> RidesByHour(bool exact) =>
        [.. Hours.Select(h => ADay(h, exact))];

    /// <summary>Shares of the segments, largest first, 0..1; empty below <see cref="LeastRides"/> of a known segment.</summary>
    public IReadOnlyList<(Segment Segment, double Share)> Mix
    {
        get
        {
            var known = Segments.Values.Sum();
            return known < LeastRides ? []
                : [.. Segments.OrderByDescending(s => s.Value).ThenBy(s => s.Key)
                    .Where(s => s.Value >= SmallCounts.Step).Select(s => (s.Key, (double)s.Value / known))];
        }
    }

    private ShownFigure ADay(long rides, bool exact) =>
        MeasuredDays == 0 ? default : SmallCounts.Persons((int)(rides / MeasuredDays), rides, exact);

    /// <summary>Measured share of the plays, 0..1; null while it is too early.</summary>
    public double? Coverage => Played.Plays < CostFigures.Least ? null : MetricFormulas.Coverage(Played.Measured, Played.Plays);

    /// <summary>The same in words.</summary>
    public CoverageRating Rating => Coverage switch
    {
        null => CoverageRating.TooEarly,
        0 => CoverageRating.None,
        < 0.5 => CoverageRating.Low,
        < 0.8 => CoverageRating.Fair,
        < 0.95 => CoverageRating.Good,
        _ => CoverageRating.Full,
    };
}
