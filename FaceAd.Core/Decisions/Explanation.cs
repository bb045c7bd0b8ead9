namespace FaceAd.Core.Decisions;

/// <summary>What was chosen for a cabin, and why. The push, the stored decision and the live page all read this.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Dominant">The segment that decided; unknown when there was none.</param>
/// <param name="Riders">How many were in view.</param>
/// <param name="Winner">The campaign chosen; null for the house loop.</param>
/// <param name="CostPerImpressionKrw">The winner's budget accrued to date by impressions to date; null at zero impressions.</param>
/// <param name="Candidates">Eligible campaigns that target the dominant segment.</param>
public readonly record struct Explanation(
    DecisionReason Reason, Segment Dominant, int Riders, SnapshotCampaign? Winner, double? CostPerImpressionKrw, int Candidates);

/// <summary>Chooses a campaign for a cabin. Pure: the same input gives the same answer, on the server, on a player and in a simulation.</summary>
public static class Decider
{
    /// <summary>Chooses.</summary>
    /// <param name="snapshot">The campaigns.</param>
    /// <param name="cabin">The cabin.</param>
    /// <param name="now">The instant of the decision.</param>
    public static Explanation Decide(DecisionSnapshot snapshot, in Cabin cabin, DateTimeOffset now)
    {
        var dominant = DominantSegment.Of(cabin.Riders);
        var choice = dominant == Segment.Unknown ? default : CostPerImpressionPolicy.Choose(snapshot, cabin.SiteId, cabin.Calendar, dominant, now);
        var reason = choice.Campaign is not null ? DecisionReason.Targeted
            : cabin.Riders.Count == 0 ? DecisionReason.NobodyInView
            : dominant == Segment.Unknown ? DecisionReason.SegmentUnknown
            : DecisionReason.NoMatchingCampaign;
        return new Explanation(reason, dominant, cabin.Riders.Count, choice.Campaign, choice.CostPerImpressionKrw, choice.Candidates);
    }
}
