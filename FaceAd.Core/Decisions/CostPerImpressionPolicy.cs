namespace FaceAd.Core.Decisions;

/// <summary>What the policy chose.</summary>
/// <param name="Campaign">The winner; null when no eligible campaign targets the segment.</param>
/// <param name="CostPerImpressionKrw">The winner's budget accrued to date by impressions to date; null at zero impressions.</param>
/// <param name="Candidates">Eligible campaigns that target the segment.</param>
public readonly record struct Choice(SnapshotCampaign? Campaign, double? CostPerImpressionKrw, int Candidates);

/// <summary>
/// The selection rule of the first source system: among eligible campaigns that target the dominant segment, the one with
/// the highest budget accrued to date by impressions to date, that is the one furthest behind its money.
/// Zero impressions come first; ties go to the oldest last play, then the lower id. Pure; which of the winner's films plays is
/// <see cref="CreativeTurns"/>' to say.
/// </summary>
public static class CostPerImpressionPolicy
{
    /// <summary>Chooses for one screen.</summary>
    /// <param name="snapshot">Campaigns.</param>
    /// <param name="siteId">The screen's site.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="dominant">The segment that decides; unknown chooses nothing.</param>
    /// <param name="now">The instant of the decision.</param>
    public static Choice Choose(DecisionSnapshot snapshot, Guid siteId, SiteCalendar calendar, Segment dominant, DateTimeOffset now)
    {
        SnapshotCampaign? best = null;
        double? bestCost = null;
        var candidates = 0;
        var clock = calendar.ClockAt(now);
        foreach (var campaign in snapshot.Campaigns)
        {
            if (!Targeting.Wants(campaign.Targets, dominant) || Eligibility.Of(campaign.Terms, siteId, clock) != Gate.None) continue;
            candidates++;
            var cost = CostPerImpression(campaign, calendar, now);
            if (best is null || Compare(campaign, cost, best, bestCost) < 0) (best, bestCost) = (campaign, cost);
        }
        return best is null ? default : new Choice(best, bestCost, candidates);
    }

    /// <summary>Budget accrued to date by impressions to date in KRW; null at zero impressions.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public static double? CostPerImpression(SnapshotCampaign campaign, SiteCalendar calendar, DateTimeOffset now) =>
        campaign.Impressions == 0 ? null : (double)Accrued(campaign, calendar, now) / campaign.Impressions;

    // Negative when one goes before other.
    private static int Compare(SnapshotCampaign one, double? oneCost, SnapshotCampaign other, double? otherCost)
    {
        var byCost = (otherCost ?? double.PositiveInfinity).CompareTo(oneCost ?? double.PositiveInfinity);
        if (byCost != 0) return byCost;
        var byPlay = (one.LastPlayAt ?? DateTimeOffset.MinValue).CompareTo(other.LastPlayAt ?? DateTimeOffset.MinValue);
        return byPlay != 0 ? byPlay : one.Id.CompareTo(other.Id);
    }

    private static decimal Accrued(SnapshotCampaign campaign, SiteCalendar calendar, DateTimeOffset now)
    {
        return CampaignCost.ToDate(
            campaign.PriceModel, campaign.BudgetKrw, campaign.PricePerThousandKrw, campaign.Plan.ElapsedShare(calendar, now), campaign.TargetImpressions);
    }
}
