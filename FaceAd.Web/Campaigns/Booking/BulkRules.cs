namespace FaceAd.Web.Campaigns.Booking;

/// <summary>What a bulk change would do to a campaign. Pure rules.</summary>
static class BulkRules
{
    /// <summary>A campaign's terms after a change, or why it is refused.</summary>
    /// <param name="campaign">The campaign, with its total.</param>
    /// <param name="change">The change.</param>
    /// <param name="accrued">Its cost to date.</param>
    /// <param name="isAdmin">Whether the media owner makes the change.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static (BulkTerms After, BulkRefusal? Refusal) Apply(
        Campaign campaign, BulkChange change, decimal accrued, bool isAdmin, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        ArgumentNullException.ThrowIfNull(change);
        var before = Of(campaign);
        var phase = CampaignPhases.Of(campaign, today);
        (BulkTerms, BulkRefusal?) No(BulkRefusal why) => (before, why);
        switch (change.Action)
        {
            case BulkAction.Pause:
                return phase is CampaignPhase.Running or CampaignPhase.Scheduled
                    ? (before with { State = CampaignState.Paused }, null) : No(BulkRefusal.NotRunning);
            case BulkAction.Resume:
                return phase == CampaignPhase.Paused ? (before with { State = CampaignState.Approved }, null) : No(BulkRefusal.NotPaused);
        }
        switch (phase)
        {
            case CampaignPhase.Submitted: return No(BulkRefusal.InReview);
            case CampaignPhase.Ended: return No(BulkRefusal.Over);
            case CampaignPhase.Running or CampaignPhase.Scheduled or CampaignPhase.Paused when !isAdmin: return No(BulkRefusal.Booked);
        }
        switch (change.Action)
        {
            case BulkAction.EndsOn:
                if (change.EndsOn is not { } day || day < campaign.Plan.Flights[^1].StartsOn || day < today
                    || day.DayNumber - campaign.StartsOn.DayNumber >= CampaignDraft.MaxDays)
                    return No(BulkRefusal.BadDay);
                return day == campaign.EndsOn ? No(BulkRefusal.Same) : (before with { EndsOn = day }, null);
            case BulkAction.Budget:
                var budget = KrwAmount.Whole(campaign.BudgetKrw * (100m + change.Percent) / 100m);
                if (budget is < 1 or > CampaignDraft.MaxBudgetKrw) return No(BulkRefusal.BudgetOutOfRange);
                if (budget == campaign.BudgetKrw) return No(BulkRefusal.Same);
                return BookedRules.IsSpent(budget, accrued) ? No(BulkRefusal.BudgetSpent) : (before with { BudgetKrw = budget }, null);
            default:
                return campaign.GroupIds.Length == 0 && campaign.SiteIds.ToHashSet().SetEquals(change.SiteIds)
                    ? No(BulkRefusal.Same) : (before with { SiteIds = [.. change.SiteIds.Distinct()] }, null);
        }
    }

    /// <summary>A campaign's terms that a bulk change can affect.</summary>
    public static BulkTerms Of(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new BulkTerms(campaign.State, campaign.EndsOn, campaign.BudgetKrw, campaign.SiteIds);
    }
}
