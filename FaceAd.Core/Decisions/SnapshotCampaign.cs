namespace FaceAd.Core.Decisions;

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
    public RunningTerms Terms => new(SiteIds, Plan, Days, Hours, PriceModel, BudgetKrw, PricePerThousandKrw, TargetImpressions)
    {
        Accruals = Accruals,
    };

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

    /// <summary>What had accrued of a flat price at each change of its terms; null without any.</summary>
    public IReadOnlyList<Accrual>? Accruals { get; init; }

    /// <summary>How it is to be delivered.</summary>
    public DeliveryTerms Delivery { get; init; } = DeliveryTerms.Default;

    /// <summary>Exposures so far, repeats included.</summary>
    public required long Impressions { get; init; }

    /// <summary>Exposures to its targets so far, repeats included.</summary>
    public required long TargetImpressions { get; init; }

    /// <summary>Start of its newest play; null before the first.</summary>
    public DateTimeOffset? LastPlayAt { get; init; }

    /// <summary>Its creatives, oldest first; at least one. Only the winner of an experiment, when that has all plays.</summary>
    public required IReadOnlyList<SnapshotCreative> Creatives { get; init; }

    /// <summary>
    /// The running experiment whose arms its creatives are, see <see cref="Experiments.Arms"/>; null when they take turns.
    /// </summary>
    public Guid? ExperimentId { get; init; }
}
