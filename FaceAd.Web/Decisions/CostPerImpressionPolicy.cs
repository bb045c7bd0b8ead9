using FaceAd.Contracts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Decisions;

/// <summary>What the policy chose.</summary>
/// <param name="Campaign">The winner; null when no eligible campaign targets the segment.</param>
/// <param name="Creative">The winner's film.</param>
/// <param name="CostPerImpressionWon">The winner's budget accrued to date by impressions to date; null at zero impressions.</param>
/// <param name="Candidates">Eligible campaigns that target the segment.</param>
public readonly record struct Choice(SnapshotCampaign? Campaign, SnapshotCreative? Creative, double? CostPerImpressionWon, int Candidates);

/// <summary>
/// The selection rule of the first source system: among eligible campaigns that target the dominant segment, the one with
/// the highest budget accrued to date by impressions to date, that is the one furthest behind its money.
/// Zero impressions come first; ties go to the oldest last play, then the lower id. Pure.
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
        var candidates = 0;
        foreach (var campaign in snapshot.Campaigns)
        {
            if (!Targeting.Wants(campaign.Targets, dominant) || !IsEligible(campaign, siteId, calendar, now)) continue;
            candidates++;
            if (best is null || Compare(campaign, best, calendar, now) < 0) best = campaign;
        }
        if (best is null) return default;
        var creative = best.Creatives[(int)(best.Impressions % best.Creatives.Count)];
        return new Choice(best, creative, CostPerImpression(best, calendar, now), candidates);
    }

    /// <summary>Whether a campaign may run at a site now: it targets the site, today is one of its days, and money is left.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public static bool IsEligible(SnapshotCampaign campaign, Guid siteId, SiteCalendar calendar, DateTimeOffset now)
    {
        if (!Targeting.RunsAt(campaign.SiteIds, siteId) || !Targeting.RunsOn(campaign.StartsOn, campaign.EndsOn, calendar.DayOf(now))) return false;
        return campaign.PriceModel == PriceModel.Flat || Accrued(campaign, calendar, now) < campaign.BudgetWon;
    }

    /// <summary>Budget accrued to date by impressions to date in KRW; null at zero impressions.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="now">The instant asked for.</param>
    public static double? CostPerImpression(SnapshotCampaign campaign, SiteCalendar calendar, DateTimeOffset now) =>
        campaign.Impressions == 0 ? null : (double)Accrued(campaign, calendar, now) / campaign.Impressions;

    // Negative when one goes before other.
    private static int Compare(SnapshotCampaign one, SnapshotCampaign other, SiteCalendar calendar, DateTimeOffset now)
    {
        var byCost = (CostPerImpression(other, calendar, now) ?? double.PositiveInfinity)
            .CompareTo(CostPerImpression(one, calendar, now) ?? double.PositiveInfinity);
        if (byCost != 0) return byCost;
        var byPlay = (one.LastPlayAt ?? DateTimeOffset.MinValue).CompareTo(other.LastPlayAt ?? DateTimeOffset.MinValue);
        return byPlay != 0 ? byPlay : one.Id.CompareTo(other.Id);
    }

    private static decimal Accrued(SnapshotCampaign campaign, SiteCalendar calendar, DateTimeOffset now)
    {
        var share = CampaignCost.ElapsedShare(calendar.StartOf(campaign.StartsOn), calendar.StartOf(campaign.EndsOn.AddDays(1)), now);
        return CampaignCost.ToDate(campaign.PriceModel, campaign.BudgetWon, campaign.PricePerThousandWon, share, campaign.TargetImpressions);
    }
}
