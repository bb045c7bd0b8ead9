namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>What a campaign can expect. Definitions: docs/metrics.md, "Forecast".</summary>
public sealed record Forecast
{
    /// <summary>Impressions on its target that nobody else has booked.</summary>
    public required Estimate Free { get; init; }

    /// <summary>Impressions on its target that it will have.</summary>
    public required Estimate Impressions { get; init; }

    /// <summary>Impressions on its target that are booked; null when it takes its share of what comes.</summary>
    public required double? Goal { get; init; }

    /// <summary>How likely the goal is met, 0..1; null without a goal.</summary>
    public required double? Certainty { get; init; }

    /// <summary>Cost of a thousand impressions on its target, KRW; null when none are expected.</summary>
    public required Estimate? CpmKrw { get; init; }

    /// <summary>What it will cost, KRW.</summary>
    public required Estimate CostKrw { get; init; }

    /// <summary>The counting period with most of its days; null where nothing is known about how often people come.</summary>
    public required ReachForecast? Reach { get; init; }

    /// <summary>Counting periods that its days lie in.</summary>
    public required int Periods { get; init; }

    /// <summary>Other campaigns that want the same people at the same time, those who want most of them first.</summary>
    public required IReadOnlyList<Rival> Rivals { get; init; }

    /// <summary>Whole weeks of presences that it is made of; 0: nothing has been measured, and all of it is assumed.</summary>
    public required int Weeks { get; init; }

    /// <summary>Share of its people that campaigns with a goal have booked, 0..1.</summary>
    public double BookedByOthers => Math.Min(1, Rivals.Where(r => !r.Yields).Sum(r => r.Share));

    /// <summary>The Reach as a given user may see it: none of fewer than <see cref="SmallCounts.Step"/> people.</summary>
    /// <param name="exact">Whether the user may see exact figures.</param>
    public ReachForecast? ShownReach(bool exact) => exact || Reach?.Universe.Value >= SmallCounts.Step ? Reach : null;
}

/// <summary>Who will be reached in one counting period.</summary>
/// <param name="From">First day on air in it.</param>
/// <param name="To">Last day on air in it.</param>
/// <param name="Universe">Persons of the target who will be seen.</param>
/// <param name="Reached">Of these, who will be exposed.</param>
/// <param name="Share">Reach, 0..1.</param>
/// <param name="Frequency">Exposures of each person reached; null when nobody is.</param>
public sealed record ReachForecast(
    DateOnly From, DateOnly To, Estimate Universe, Estimate Reached, Estimate Share, Estimate? Frequency);

/// <summary>A campaign that wants the same people.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Share">Share of the people in view that are booked for it, 0..1.</param>
/// <param name="Yields">Whether it takes what is left, so that another campaign leaves it less.</param>
public readonly record struct Rival(Guid Campaign, double Share, bool Yields);

/// <summary>A point of a curve.</summary>
/// <param name="Impressions">Impressions on target.</param>
/// <param name="Reach">Reach, 0..1; null where nothing is known about how often people come.</param>
public readonly record struct ReachPoint(double Impressions, Estimate? Reach);
