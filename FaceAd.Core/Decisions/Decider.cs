namespace FaceAd.Core.Decisions;

/// <summary>
/// Chooses a campaign for a cabin by the first source system's rule, <see cref="CostPerImpressionPolicy"/>. Pure: the same input gives the
/// same answer, on the server, on a player and in a simulation.
/// </summary>
public static class Decider
{
    /// <summary>Chooses.</summary>
    /// <param name="snapshot">The campaigns.</param>
    /// <param name="cabin">Who is in view. Recognition that comes later is another cabin, and may be decided for again.</param>
    /// <param name="now">The instant of the decision.</param>
    public static Explanation Decide(DecisionSnapshot snapshot, in Cabin cabin, DateTimeOffset now)
    {
        var dominant = DominantSegment.Of(cabin.Riders);
        var (winner, candidates) = CostPerImpressionPolicy.Choose(snapshot, cabin, dominant, now);
        return new Explanation
        {
            Snapshot = snapshot,
            Cabin = cabin,
            At = now,
            Dominant = dominant,
            Reason = winner is not null ? DecisionReason.Targeted : WhyNone(cabin, dominant),
            Winner = winner,
            Candidates = candidates,
        };
    }

    /// <summary>Why no campaign was chosen, if it was for lack of one.</summary>
    internal static DecisionReason WhyNone(in Cabin cabin, Segment dominant) =>
        cabin.Riders.Count == 0 ? DecisionReason.NobodyInView
        : dominant == Segment.Unknown ? DecisionReason.SegmentUnknown
        : DecisionReason.NoMatchingCampaign;
}
