namespace FaceAd.Core.Decisions;

/// <summary>A creative that may be asked for.</summary>
/// <param name="Id">The creative.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Sha256">Hash of its file.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Seconds">Running time.</param>
public sealed record SnapshotCreative(Guid Id, string Name, string Sha256, long Bytes, double Seconds)
{
    /// <summary>Its share of its campaign's plays, beside the other creatives' weights; at least 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its plays so far, as reported; kept for creatives that share a campaign, 0 for others.</summary>
    public long Plays { get; init; }
}

/// <summary>A campaign as the decision sees it.</summary>
public sealed record SnapshotCampaign
{
    /// <summary>The campaign.</summary>
    public required Guid Id { get; init; }

    /// <summary>First day, inclusive, in the site's time zone.</summary>
    public required DateOnly StartsOn { get; init; }

    /// <summary>Last day, inclusive, in the site's time zone.</summary>
    public required DateOnly EndsOn { get; init; }

    /// <summary>Its flights in order, when there are several; null for one.</summary>
    public IReadOnlyList<Flight>? Flights { get; init; }

    /// <summary>Its days.</summary>
    public FlightPlan Plan => new(StartsOn, EndsOn, Flights);

    /// <summary>What decides where and when it may run.</summary>
    public RunningTerms Terms => new(SiteIds, Plan, Days, Hours, PriceModel, BudgetKrw, PricePerThousandKrw, TargetImpressions);

    /// <summary>Segments it targets.</summary>
    public required IReadOnlyList<Segment> Targets { get; init; }

    /// <summary>Sites it may run at; empty for all.</summary>
    public required IReadOnlyList<Guid> SiteIds { get; init; }

    /// <summary>Days of the week that it may run on, see <see cref="Dayparting"/>.</summary>
    public int Days { get; init; } = Dayparting.AllDays;

    /// <summary>Hours of the day that it may run in, see <see cref="Dayparting"/>.</summary>
    public int Hours { get; init; } = Dayparting.AllHours;

    /// <summary>How it pays.</summary>
    public required PriceModel PriceModel { get; init; }

    /// <summary>Budget in whole KRW.</summary>
    public required long BudgetKrw { get; init; }

    /// <summary>Price of a thousand target impressions in whole KRW; null for a flat price.</summary>
    public long? PricePerThousandKrw { get; init; }

    /// <summary>Exposures so far, repeats included.</summary>
    public required long Impressions { get; init; }

    /// <summary>Exposures to its targets so far, repeats included.</summary>
    public required long TargetImpressions { get; init; }

    /// <summary>Start of its newest play; null before the first.</summary>
    public DateTimeOffset? LastPlayAt { get; init; }

    /// <summary>Its creatives, oldest first; at least one.</summary>
    public required IReadOnlyList<SnapshotCreative> Creatives { get; init; }
}

/// <summary>
/// Everything a decision needs, in memory, replaced whole and at most a second old. A decision never waits for the database.
/// </summary>
/// <param name="TakenAt">When the rows were read.</param>
/// <param name="Campaigns">Approved campaigns with at least one creative that have not ended everywhere.</param>
/// <param name="HouseLoop">Creatives to play in turn when there is nothing better.</param>
public sealed record DecisionSnapshot(
    DateTimeOffset TakenAt, IReadOnlyList<SnapshotCampaign> Campaigns, IReadOnlyList<SnapshotCreative> HouseLoop)
{
    /// <summary>Before the first reading.</summary>
    public static DecisionSnapshot Empty { get; } = new(DateTimeOffset.MinValue, [], []);
}
