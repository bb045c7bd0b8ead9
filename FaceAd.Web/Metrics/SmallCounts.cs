using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>A figure about people as a given user may see it.</summary>
/// <param name="Value">The figure; null when it is undefined or withheld.</param>
/// <param name="Few">Whether it is withheld because it is based on fewer than <see cref="SmallCounts.Step"/> people.</param>
public readonly record struct PersonFigure(double? Value, bool Few);

/// <summary>The figures about people on a campaign's page, as a given user may see them.</summary>
public sealed record PersonFigures
{
    /// <summary>Unique target people exposed.</summary>
    public required PersonFigure Reached { get; init; }

    /// <summary>Unique target people seen on the campaign's screens.</summary>
    public required PersonFigure Universe { get; init; }

    /// <summary>Reach, 0..1.</summary>
    public required PersonFigure Reach { get; init; }

    /// <summary>Frequency.</summary>
    public required PersonFigure Frequency { get; init; }

    /// <summary>People by number of exposures, 1 to 9 and 10 or more; null where the total would reveal individuals.</summary>
    public required IReadOnlyList<PersonFigure>? Histogram { get; init; }

    /// <summary>For each step of the timeline, people reached up to its end.</summary>
    public required IReadOnlyList<PersonFigure> ReachedSoFar { get; init; }

    /// <summary>The figures by segment; null counts where the total would reveal individuals.</summary>
    public required IReadOnlyDictionary<Segment, SegmentPersons> Segments { get; init; }
}

/// <summary>Figures about the people of one segment, or of one part of a campaign.</summary>
/// <param name="Persons">Unique people exposed.</param>
/// <param name="Reach">Reach, 0..1.</param>
/// <param name="Frequency">Frequency.</param>
public readonly record struct SegmentPersons(PersonFigure Persons, PersonFigure Reach, PersonFigure Frequency);

/// <summary>
/// Protects small groups: advertisers see "fewer than 5" below 5 people. From then on people counts, histogram and curve are rounded down
/// to steps of 5; Reach and Frequency stay exact, since payment depends on them, and impressions stay exact. Pure; docs/metrics.md,
/// "Small counts".
/// </summary>
static class SmallCounts
{
    /// <summary>The smallest group shown, and the step of people counts.</summary>
    public const int Step = 5;

    /// <summary>A count of people.</summary>
    /// <param name="persons">Unique people.</param>
    /// <param name="impressions">The exposures behind it; 0 means no people, which is not confidential.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Persons(int persons, long impressions, bool exact) =>
        exact ? new(persons, false)
        : impressions == 0 ? new(0, false)
        : persons < Step ? new(null, true)
        : new(Floor(persons), false);

    /// <summary>Reach, withheld below five people.</summary>
    /// <param name="reached">Unique target people exposed.</param>
    /// <param name="universe">Unique target people seen.</param>
    /// <param name="impressions">Exposures to target people.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Reach(int reached, int universe, long impressions, bool exact)
    {
        if (exact) return new(MetricFormulas.Reach(reached, universe), false);
        if (impressions == 0) return new(universe < Step ? null : 0, false);
        return reached < Step ? new(null, true) : new(MetricFormulas.Reach(reached, universe), false);
    }

    /// <summary>Frequency, withheld below five people.</summary>
    /// <param name="exposures">Exposures to recognised target people.</param>
    /// <param name="reached">Unique target people exposed.</param>
    /// <param name="impressions">Exposures to target people, recognised or not.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Frequency(long exposures, int reached, long impressions, bool exact) =>
        exact ? new(MetricFormulas.Frequency(exposures, reached), false)
        : impressions == 0 ? default
        : reached < Step ? new(null, true)
        : new(MetricFormulas.Frequency(exposures, reached), false);

    /// <summary>All figures about people on a campaign's page.</summary>
    /// <param name="m">The metrics.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static PersonFigures Of(CampaignMetrics m, bool exact)
    {
        var hidePersons = !exact && GivesAway(m.Reached, [.. m.Segments.Where(s => s.Targeted).Select(s => s.Persons)]);
        var hideBins = !exact && m.FrequencyHistogram.Count > 0 && GivesAway(m.Reached, [.. m.FrequencyHistogram]);
        return new PersonFigures
        {
            Reached = m.PersonsGone ? default : Persons(m.Reached, m.TargetImpressions, exact),
            Universe = exact || m.Universe >= Step ? new(exact ? m.Universe : Floor(m.Universe), false) : new(null, true),
            Reach = m.PersonsGone ? default : Reach(m.Reached, m.Universe, m.TargetImpressions, exact),
            Frequency = m.PersonsGone ? default : Frequency(m.TargetPersonExposures, m.Reached, m.TargetImpressions, exact),
            Histogram = hideBins || m.FrequencyHistogram.Count == 0
                ? null : [.. m.FrequencyHistogram.Select(n => Persons(n, m.TargetImpressions, exact))],
            ReachedSoFar = [.. m.Timeline.Select(p => Persons(p.ReachedSoFar, m.TargetImpressions, exact))],
            Segments = m.Segments.ToDictionary(s => s.Segment, s => OfSegment(s, exact, m.PersonsGone || (hidePersons && s.Targeted))),
        };
    }

    /// <summary>The figures about people of a campaign's parts, in their order.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="total">The campaign's people in the same window.</param>
    /// <param name="addUp">Whether the parts' people add up to the total, as those of sites do.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static IReadOnlyList<SegmentPersons> Of(IReadOnlyList<MetricsPart> parts, int total, bool addUp, bool exact)
    {
        var hidden = !exact && addUp && GivesAway(total, [.. parts.Select(p => p.Reached ?? 0)]);
        return [.. parts.Select(p => hidden || p.Reached is not { } reached ? default : new SegmentPersons(
            Persons(reached, p.TargetImpressions, exact),
            p.Universe is { } universe ? Reach(reached, universe, p.TargetImpressions, exact) : default,
            Frequency(p.TargetPersonExposures, reached, p.TargetImpressions, exact)))];
    }

    /// <summary>Whether a total, rounded down, reveals more about a part than the part's own rounded count.</summary>
    /// <param name="total">The exact total, which is the sum of the parts.</param>
    /// <param name="parts">The exact parts.</param>
    public static bool GivesAway(int total, IReadOnlyCollection<int> parts) =>
        // A part lost at least the gap less the most that rounding can have taken from the rest.
        Floor(total) - parts.Sum(Floor) > (Step - 1) * (parts.Count - 1);

    private static SegmentPersons OfSegment(SegmentMetrics s, bool exact, bool hidden)
    {
        if (hidden) return default;
        return new SegmentPersons(
            Persons(s.Persons, s.Impressions, exact),
            Reach(s.Persons, s.Universe, s.Impressions, exact),
            Frequency(s.PersonExposures, s.Persons, s.Impressions, exact));
    }

    private static int Floor(int persons) => persons - (persons % Step);
}
