using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>A figure about persons as somebody may see it.</summary>
/// <param name="Value">The figure; null when it is undefined or withheld.</param>
/// <param name="Few">Whether it is withheld because fewer than <see cref="SmallCounts.Step"/> persons stand behind it.</param>
public readonly record struct PersonFigure(double? Value, bool Few);

/// <summary>The figures about persons of a campaign's page, as one viewer may see them.</summary>
public sealed record PersonFigures
{
    /// <summary>Unique target persons exposed.</summary>
    public required PersonFigure Reached { get; init; }

    /// <summary>Unique target persons seen on the campaign's screens.</summary>
    public required PersonFigure Universe { get; init; }

    /// <summary>Reach, 0..1.</summary>
    public required PersonFigure Reach { get; init; }

    /// <summary>Frequency.</summary>
    public required PersonFigure Frequency { get; init; }

    /// <summary>Persons by number of exposures, 1 to 9 and 10 or more; null where the total would give a person away.</summary>
    public required IReadOnlyList<PersonFigure>? Histogram { get; init; }

    /// <summary>For each step of the timeline, persons reached up to its end.</summary>
    public required IReadOnlyList<PersonFigure> ReachedSoFar { get; init; }

    /// <summary>The figures by segment; null persons where the total would give a person away.</summary>
    public required IReadOnlyDictionary<Segment, SegmentPersons> Segments { get; init; }
}

/// <summary>Figures about the persons of one segment, or of one part of a campaign.</summary>
/// <param name="Persons">Unique persons exposed.</param>
/// <param name="Reach">Reach, 0..1.</param>
/// <param name="Frequency">Frequency.</param>
public readonly record struct SegmentPersons(PersonFigure Persons, PersonFigure Reach, PersonFigure Frequency);

/// <summary>
/// Keeps small groups unrecognisable: advertisers see "fewer than 5" until 5 persons. From then on person counts, histogram and
/// curve move in steps of 5, rounded down; Reach and Frequency are the true ones, since they are what is paid by, and impressions
/// stay exact. Pure; docs/metrics.md, "Small counts".
/// </summary>
public static class SmallCounts
{
    /// <summary>The smallest group that is shown, and the step of person counts.</summary>
    public const int Step = 5;

    /// <summary>A count of persons.</summary>
    /// <param name="persons">Unique persons.</param>
    /// <param name="impressions">Exposures that they come from; none means no persons, which is no secret.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Persons(int persons, long impressions, bool exact) =>
        exact ? new(persons, false)
        : impressions == 0 ? new(0, false)
        : persons < Step ? new(null, true)
        : new(Floor(persons), false);

    /// <summary>Reach, withheld below five persons.</summary>
    /// <param name="reached">Unique target persons exposed.</param>
    /// <param name="universe">Unique target persons seen.</param>
    /// <param name="impressions">Exposures to target persons.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Reach(int reached, int universe, long impressions, bool exact)
    {
        if (exact) return new(MetricFormulas.Reach(reached, universe), false);
        if (impressions == 0) return new(universe < Step ? null : 0, false);
        return reached < Step ? new(null, true) : new(MetricFormulas.Reach(reached, universe), false);
    }

    /// <summary>Frequency, withheld below five persons.</summary>
    /// <param name="exposures">Exposures to recognised target persons.</param>
    /// <param name="reached">Unique target persons exposed.</param>
    /// <param name="impressions">Exposures to target persons, recognised or not.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static PersonFigure Frequency(long exposures, int reached, long impressions, bool exact) =>
        exact ? new(MetricFormulas.Frequency(exposures, reached), false)
        : impressions == 0 ? default
        : reached < Step ? new(null, true)
        : new(MetricFormulas.Frequency(exposures, reached), false);

    /// <summary>All figures about persons of a campaign's page.</summary>
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
            Histogram = hideBins || m.FrequencyHistogram.Count == 0 ? null : [.. m.FrequencyHistogram.Select(n => Persons(n, m.TargetImpressions, exact))],
            ReachedSoFar = [.. m.Timeline.Select(p => Persons(p.ReachedSoFar, m.TargetImpressions, exact))],
            Segments = m.Segments.ToDictionary(s => s.Segment, s => OfSegment(s, exact, m.PersonsGone || (hidePersons && s.Targeted))),
        };
    }

    /// <summary>The figures about persons of a campaign's parts, in their order.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="total">The campaign's persons in the same window.</param>
    /// <param name="addUp">Whether the parts' persons add up to the total, as those of buildings do.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static IReadOnlyList<SegmentPersons> Of(IReadOnlyList<MetricsPart> parts, int total, bool addUp, bool exact)
    {
        var hidden = !exact && addUp && GivesAway(total, [.. parts.Select(p => p.Reached ?? 0)]);
        return [.. parts.Select(p => hidden || p.Reached is not { } reached ? default : new SegmentPersons(
            Persons(reached, p.TargetImpressions, exact),
            p.Universe is { } universe ? Reach(reached, universe, p.TargetImpressions, exact) : default,
            Frequency(p.TargetPersonExposures, reached, p.TargetImpressions, exact)))];
    }

    /// <summary>Whether a total beside its parts tells more of a part than the part itself does, all of them rounded down.</summary>
    /// <param name="total">The exact total, which is the sum of the parts.</param>
    /// <param name="parts">The exact parts.</param>
    public static bool GivesAway(int total, IReadOnlyCollection<int> parts) =>
        // What rounding took from one part is at least the gap less what it can have taken from the others.
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
