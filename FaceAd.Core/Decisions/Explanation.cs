namespace FaceAd.Core.Decisions;

/// <summary>How one campaign fared in a decision.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Gate">The first gate that stopped it; none for a candidate.</param>
/// <param name="CostPerImpressionKrw">
/// The score of a candidate: its budget accrued to date by impressions to date. Null at zero impressions, which beats every
/// number, and for a campaign that was stopped.
/// </param>
public readonly record struct Verdict(SnapshotCampaign Campaign, Gate Gate, double? CostPerImpressionKrw);

/// <summary>
/// What was chosen for a cabin, and why. The push, the stored decision, the live page and the events all read this. Only the
/// winner is worked out with the decision; the verdict on any other campaign is worked out when it is asked for.
/// </summary>
public sealed class Explanation
{
    /// <summary>The campaigns that were asked.</summary>
    public required DecisionSnapshot Snapshot { get; init; }

    /// <summary>The cabin it was taken for.</summary>
    public required Cabin Cabin { get; init; }

    /// <summary>What the screen had shown before.</summary>
    public required ScreenHistory History { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The segment that decided; unknown when there was none.</summary>
    public required Segment Dominant { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The campaign chosen; null for the house loop.</summary>
    public required Verdict? Winner { get; init; }

    /// <summary>Number of candidates: eligible campaigns that target the dominant segment.</summary>
    public required int Candidates { get; init; }

    /// <summary>Every campaign's score, or the gate that stopped it, in the snapshot's order.</summary>
    public IEnumerable<Verdict> Verdicts => Snapshot.Campaigns.Select(Of);

    /// <summary>One campaign's score, or the gate that stopped it.</summary>
    /// <param name="campaign">A campaign of the snapshot.</param>
    public Verdict Of(SnapshotCampaign campaign) =>
        CostPerImpressionPolicy.Judge(campaign, Cabin, Dominant, Cabin.Calendar.ClockAt(At), At);
}
