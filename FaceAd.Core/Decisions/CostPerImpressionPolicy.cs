namespace FaceAd.Core.Decisions;

/// <summary>
/// The selection rule of the first source system: among eligible campaigns that target the dominant segment, the one with
/// the highest budget accrued to date by impressions to date, that is the one furthest behind its money.
/// Zero impressions come first; ties go to the oldest last play, then the lower id. Pure; which of the winner's creatives plays
/// is for <see cref="CreativeTurns"/> to say.
/// </summary>
public static class CostPerImpressionPolicy
{
    /// <summary>Chooses for one cabin.</summary>
    /// <param name="snapshot">The campaigns.</param>
    /// <param name="cabin">The cabin.</param>
    /// <param name="dominant">The segment that decides; unknown chooses nothing.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <returns>The winner, null when there is no candidate, and the number of candidates.</returns>
    public static (Verdict? Winner, int Candidates) Choose(DecisionSnapshot snapshot, in Cabin cabin, Segment dominant, DateTimeOffset now)
    {
        Verdict? best = null;
        var candidates = 0;
        var clock = cabin.Calendar.ClockAt(now);
        foreach (var campaign in snapshot.Campaigns)
        {
            // The audience stops most campaigns and is the cheapest gate to ask.
            if (!Targeting.Wants(campaign.Targets, dominant)) continue;
            var verdict = Judge(campaign, cabin, dominant, clock, now);
            if (verdict.Gate != Gate.None) continue;
            candidates++;
            if (best is not { } leader || Compare(verdict, leader) < 0) best = verdict;
        }
        return (best, candidates);
    }

    /// <summary>The verdict on one campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="cabin">The cabin.</param>
    /// <param name="dominant">The segment that decides.</param>
    /// <param name="clock">The instant on the site's clock.</param>
    /// <param name="now">The instant of the decision.</param>
    public static Verdict Judge(SnapshotCampaign campaign, in Cabin cabin, Segment dominant, DateTime clock, DateTimeOffset now)
    {
        var gate = Eligibility.Of(campaign.Terms, cabin.SiteId, clock);
        if (gate == Gate.None && !Targeting.Wants(campaign.Targets, dominant)) gate = Gate.Audience;
        return new Verdict(campaign, gate, gate == Gate.None ? CostPerImpression(campaign, cabin.Calendar, now) : null);
    }

    /// <summary>Budget accrued to date by impressions to date in KRW; null at zero impressions.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public static double? CostPerImpression(SnapshotCampaign campaign, SiteCalendar calendar, DateTimeOffset now) =>
        campaign.Terms.CostPerImpression(campaign.Impressions, calendar, now);

    /// <summary>The order of the rule: negative when one goes before the other.</summary>
    internal static int Compare(in Verdict one, in Verdict other)
    {
        var byCost = Rank(other).CompareTo(Rank(one));
        if (byCost != 0) return byCost;
        var byPlay = (one.Campaign.LastPlayAt ?? DateTimeOffset.MinValue).CompareTo(other.Campaign.LastPlayAt ?? DateTimeOffset.MinValue);
        return byPlay != 0 ? byPlay : one.Campaign.Id.CompareTo(other.Campaign.Id);

        // Costs that are equal by the formula may differ in their last digits.
        static double Rank(in Verdict verdict) =>
            verdict.CostPerImpressionKrw is { } cost ? Math.Round(cost, 6) : double.PositiveInfinity;
    }
}
