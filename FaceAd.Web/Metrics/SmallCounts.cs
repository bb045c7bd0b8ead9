using FaceAd.Core;

namespace FaceAd.Web.Metrics;

/// <summary>The figures about people on a campaign's page, as a given user may see them.</summary>
public sealed record PersonFigures
{
    /// <summary>Unique target people exposed.</summary>
    public required ShownFigure Reached { get; init; }

    /// <summary>Unique target people seen on the campaign's screens.</summary>
    public required ShownFigure Universe { get; init; }

    /// <summary>Reach, 0..1.</summary>
    public required ShownFigure Reach { get; init; }

    /// <summary>Frequency.</summary>
    public required ShownFigure Frequency { get; init; }

    /// <summary>Reach in per cent x Frequency.</summary>
    public required ShownFigure Grp { get; init; }

    /// <summary>People by number of exposures, 1 to 9 and 10 or more; null where the total would reveal individuals.</summary>
    public required IReadOnlyList<ShownFigure>? Histogram { get; init; }

    /// <summary>For each step of the timeline, people reached up to its end.</summary>
    public required IReadOnlyList<ShownFigure> ReachedSoFar { get; init; }

    /// <summary>The figures by segment; null counts where the total would reveal individuals.</summary>
    public required IReadOnlyDictionary<Segment, SegmentPersons> Segments { get; init; }
}

/// <summary>Figures about the people of one segment, or of one part of a campaign.</summary>
/// <param name="Persons">Unique people exposed.</param>
/// <param name="Reach">Reach, 0..1.</param>
/// <param name="Frequency">Frequency.</param>
public readonly record struct SegmentPersons(ShownFigure Persons, ShownFigure Reach, ShownFigure Frequency);

/// <summary>
/// Protects small groups: advertisers see "fewer than 5" below 5 people. From then on people counts, histogram and curve are ranges of 5,
/// such as 5 to 9; Reach and Frequency stay exact, since payment depends on them, and impressions stay exact. Pure; docs/metrics.md,
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
    public static ShownFigure Persons(int persons, long impressions, bool exact) =>
        exact ? new(persons)
        : impressions == 0 ? new(0)
        : Range(persons);

    /// <summary>Reach, withheld below five people.</summary>
    /// <param name="reached">Unique target people exposed.</param>
    /// <param name="universe">Unique target people seen.</param>
    /// <param name="impressions">Exposures to target people.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static ShownFigure Reach(int reached, int universe, long impressions, bool exact)
    {
        if (exact) return new(MetricFormulas.Reach(reached, universe));
        if (impressions == 0) return new(universe < Step ? null : 0);
        return reached < Step ? ShownFigure.No(NoFigure.Few) : new(MetricFormulas.Reach(reached, universe));
    }

    /// <summary>Frequency, withheld below five people.</summary>
    /// <param name="exposures">Exposures to recognised target people.</param>
    /// <param name="reached">Unique target people exposed.</param>
    /// <param name="impressions">Exposures to target people, recognised or not.</param>
    /// <param name="exact">Whether the viewer may see exact figures.</param>
    public static ShownFigure Frequency(long exposures, int reached, long impressions, bool exact) =>
        exact ? new(MetricFormulas.Frequency(exposures, reached))
        : impressions == 0 ? default
        : reached < Step ? ShownFigure.No(NoFigure.Few)
        : new(MetricFormulas.Frequency(exposures, reached));

    /// <summary>All figures about people on a campaign's page.</summary>
    /// <param name="m">The metrics.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static PersonFigures Of(CampaignMetrics m, bool exact)
    {
        var hidePersons = !exact && GivesAway(m.Reached, [.. m.Segments.Where(s => s.Targeted).Select(s => s.Persons)]);
        var hideBins = !exact && m.FrequencyHistogram.Count > 0 && GivesAway(m.Reached, [.. m.FrequencyHistogram]);
        var none = OnlyChildren(m) ? NoFigure.Children : m.PersonsGone ? NoFigure.Erased : (NoFigure?)null;
        ShownFigure Unless(Func<ShownFigure> figure) => none is { } why ? ShownFigure.No(why) : figure();
        var reach = Unless(() => Reach(m.Reached, m.Universe, m.PeriodTargetImpressions, exact));
        var frequency = Unless(() => Frequency(m.TargetPersonExposures, m.Reached, m.PeriodTargetImpressions, exact));
        return new PersonFigures
        {
            Reached = Unless(() => Persons(m.Reached, m.PeriodTargetImpressions, exact)),
            Universe = none is NoFigure.Children ? ShownFigure.No(NoFigure.Children) : exact ? new(m.Universe) : Range(m.Universe),
            Reach = reach,
            Frequency = frequency,
            Grp = new(MetricFormulas.Grp(reach.Value, frequency.Value), reach.Value is null ? reach.Why : frequency.Why),
            Histogram = hideBins || m.FrequencyHistogram.Count == 0
                ? null : [.. m.FrequencyHistogram.Select(n => Unless(() => Persons(n, m.PeriodTargetImpressions, exact)))],
            ReachedSoFar = [.. m.Timeline.Select(p => Unless(() => p.ReachedSoFar is { } reached
                ? Persons(reached, m.PeriodTargetImpressions, exact) : ShownFigure.No(NoFigure.OtherPeriod)))],
            Segments = m.Segments.ToDictionary(s => s.Segment, s =>
                s.Segment == Segment.Kids ? All(NoFigure.Children)
                : s.Segment == Segment.Unknown ? default
                : m.PersonsGone ? All(NoFigure.Erased)
                : hidePersons && s.Targeted ? All(NoFigure.Withheld)
                : new SegmentPersons(
                    Persons(s.Persons, s.PeriodImpressions, exact),
                    Reach(s.Persons, s.Universe, s.PeriodImpressions, exact),
                    Frequency(s.PersonExposures, s.Persons, s.PeriodImpressions, exact))),
        };
    }

    /// <summary>The figures about people of a campaign in a list.</summary>
    /// <param name="s">The campaign's figures.</param>
    /// <param name="targets">Its segments.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static SegmentPersons Of(CampaignSummary s, IReadOnlyCollection<Segment> targets, bool exact) =>
        targets.All(t => t == Segment.Kids) ? All(NoFigure.Children) : new(
            Persons(s.Reached, s.PeriodTargetImpressions, exact),
            Reach(s.Reached, s.Universe, s.PeriodTargetImpressions, exact),
            Frequency(s.TargetPersonExposures, s.Reached, s.PeriodTargetImpressions, exact));

    /// <summary>The figures about people of a campaign's parts, in their order.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="m">The campaign's figures in the same days.</param>
    /// <param name="addUp">Whether the parts' people add up to the total, as those of sites do.</param>
    /// <param name="exact">Whether the viewer may see exact figures: administrators only.</param>
    public static IReadOnlyList<SegmentPersons> Of(IReadOnlyList<MetricsPart> parts, CampaignMetrics m, bool addUp, bool exact)
    {
        var hidden = !exact && addUp && GivesAway(m.Reached, [.. parts.Select(p => p.Reached ?? 0)]);
        return [.. parts.Select(p =>
            OnlyChildren(m) ? All(NoFigure.Children)
            : hidden ? All(NoFigure.Withheld)
            : p.Reached is not { } reached ? All(NoFigure.Erased)
            : new SegmentPersons(
                Persons(reached, p.PeriodTargetImpressions, exact),
                p.Universe is { } universe ? Reach(reached, universe, p.PeriodTargetImpressions, exact) : default,
                Frequency(p.TargetPersonExposures, reached, p.PeriodTargetImpressions, exact)))];
    }

    /// <summary>Whether a campaign targets nobody but children, so that it has no figures about people at all.</summary>
    /// <param name="m">The campaign's figures.</param>
    public static bool OnlyChildren(CampaignMetrics m) => m.Segments.All(s => s.Targeted == (s.Segment == Segment.Kids));

    /// <summary>Whether a total, rounded down, reveals more about a part than the part's own rounded count.</summary>
    /// <param name="total">The exact total, which is the sum of the parts.</param>
    /// <param name="parts">The exact parts.</param>
    public static bool GivesAway(int total, IReadOnlyCollection<int> parts) =>
        // A part lost at least the gap less the most that rounding can have taken from the rest.
        Floor(total) - parts.Sum(Floor) > (Step - 1) * (parts.Count - 1);

    private static SegmentPersons All(NoFigure why) => new(ShownFigure.No(why), ShownFigure.No(why), ShownFigure.No(why));

    private static ShownFigure Range(int persons) =>
        persons < Step ? ShownFigure.No(NoFigure.Few) : new(Floor(persons), UpTo: Floor(persons) + Step - 1);

    private static int Floor(int persons) => persons - (persons % Step);
}
