namespace FaceAd.Core.Decisions;

/// <summary>How one campaign fared in a decision.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Gate">The first gate that stopped it; none for a candidate.</param>
/// <param name="CostPerImpressionKrw">
/// The score by cost per impression: its budget accrued to date by impressions to date. Null at zero impressions, which beats every
/// number, for a campaign that was stopped, and by the other rule.
/// </param>
public readonly record struct Verdict(SnapshotCampaign Campaign, Gate Gate, double? CostPerImpressionKrw)
{
    /// <summary>The score by value: what it was worth here, KRW; of one that was stopped, what it would have been. Else null.</summary>
    public double? ScoreKrw { get; init; }
}

/// <summary>What was chosen for a cabin, and why. The push, the stored decision, the live page and the events all read this.</summary>
public sealed record Explanation
{
    /// <summary>The campaigns that were asked.</summary>
    public required DecisionSnapshot Snapshot { get; init; }

    /// <summary>The cabin it was taken for.</summary>
    public required Cabin Cabin { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The segment with most of the riders; unknown when there was none.</summary>
    public required Segment Dominant { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The campaign chosen; null for the house loop.</summary>
    public required Verdict? Winner { get; init; }

    /// <summary>
    /// By cost per impression: eligible campaigns that target the dominant segment. By value: those that were compared to the end, at most
    /// the winner and five others.
    /// </summary>
    public required int Candidates { get; init; }

    /// <summary>By value: the others that were worth most, best first, each with what stopped it.</summary>
    public IReadOnlyList<Verdict> Losers { get; init; } = [];

    /// <summary>The winner's creative, when its creatives are a sequence; null when they take turns.</summary>
    public Guid? Creative { get; init; }

    /// <summary>Impressions on the winner's target that are expected, by value; else 0.</summary>
    public double Expected { get; init; }
}
