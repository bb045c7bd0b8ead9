using FaceAd.Core.Decisions;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>A change that can be made to several campaigns at once.</summary>
public enum BulkAction
{
    /// <summary>Pauses them.</summary>
    Pause = 0,

    /// <summary>Resumes them.</summary>
    Resume = 1,

    /// <summary>Sets their last day.</summary>
    EndsOn = 2,

    /// <summary>Changes their budgets by a percentage.</summary>
    Budget = 3,

    /// <summary>Sets their sites.</summary>
    Sites = 4,
}

/// <summary>Why a change skips a campaign.</summary>
public enum BulkRefusal
{
    /// <summary>No such campaign that the user may change.</summary>
    Gone = 0,

    /// <summary>Neither running nor scheduled, so there is nothing to pause.</summary>
    NotRunning = 1,

    /// <summary>It is not paused.</summary>
    NotPaused = 2,

    /// <summary>It is under review.</summary>
    InReview = 3,

    /// <summary>It is approved: only the media owner may change its terms now.</summary>
    Booked = 4,

    /// <summary>Its last day has passed.</summary>
    Over = 5,

    /// <summary>The new last day is before its first, before today, or makes it too long.</summary>
    BadDay = 6,

    /// <summary>The new budget is out of range.</summary>
    BudgetOutOfRange = 7,

    /// <summary>More than the new budget has been spent.</summary>
    BudgetSpent = 8,

    /// <summary>A site does not exist.</summary>
    SiteUnknown = 9,

    /// <summary>Nothing would change.</summary>
    Same = 10,

    /// <summary>It was changed since the preview.</summary>
    ChangedMeanwhile = 11,
}

/// <summary>A change to several campaigns.</summary>
/// <param name="Action">The kind of change.</param>
public sealed record BulkChange(BulkAction Action)
{
    /// <summary>The new last day, for <see cref="BulkAction.EndsOn"/>.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>Percentage to change the budget by, negative to reduce it, for <see cref="BulkAction.Budget"/>.</summary>
    public int Percent { get; init; }

    /// <summary>The sites, for <see cref="BulkAction.Sites"/>; empty for all.</summary>
    public IReadOnlyList<Guid> SiteIds { get; init; } = [];
}

/// <summary>What a change does to one campaign.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name; empty when it is gone.</param>
/// <param name="Version">Its version at the preview.</param>
/// <param name="Refusal">Why it is skipped; null when it changes.</param>
/// <param name="Before">Its terms before.</param>
/// <param name="After">Its terms after.</param>
public sealed record BulkRow(Guid Id, string Name, int Version, BulkRefusal? Refusal, BulkTerms Before, BulkTerms After);

/// <summary>The terms that a bulk change can affect.</summary>
/// <param name="State">State.</param>
/// <param name="EndsOn">Last day.</param>
/// <param name="BudgetKrw">Budget, whole KRW.</param>
/// <param name="SiteIds">Sites; empty for all.</param>
public readonly record struct BulkTerms(CampaignState State, DateOnly EndsOn, long BudgetKrw, IReadOnlyList<Guid> SiteIds);

/// <summary>What a bulk change would do to a campaign. Pure rules.</summary>
public static class BulkRules
{
    /// <summary>A campaign's terms after a change, or why it is refused.</summary>
    /// <param name="campaign">The campaign, with its total.</param>
    /// <param name="change">The change.</param>
    /// <param name="isAdmin">Whether the media owner makes the change.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static (BulkTerms After, BulkRefusal? Refusal) Apply(Campaign campaign, BulkChange change, bool isAdmin, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        ArgumentNullException.ThrowIfNull(change);
        var before = Of(campaign);
        var phase = CampaignPhases.Of(campaign, today);
        (BulkTerms, BulkRefusal?) No(BulkRefusal why) => (before, why);
        switch (change.Action)
        {
            case BulkAction.Pause:
                return phase is CampaignPhase.Running or CampaignPhase.Scheduled ? (before with { State = CampaignState.Paused }, null) : No(BulkRefusal.NotRunning);
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
                if (change.EndsOn is not { } day || day < campaign.Plan.Flights[^1].StartsOn || day < today || day.DayNumber - campaign.StartsOn.DayNumber >= CampaignDraft.MaxDays)
                    return No(BulkRefusal.BadDay);
                return day == campaign.EndsOn ? No(BulkRefusal.Same) : (before with { EndsOn = day }, null);
            case BulkAction.Budget:
                var budget = Won.Whole(campaign.BudgetKrw * (100m + change.Percent) / 100m);
                if (budget is < 1 or > CampaignDraft.MaxBudgetKrw) return No(BulkRefusal.BudgetOutOfRange);
                if (budget == campaign.BudgetKrw) return No(BulkRefusal.Same);
                var spent = campaign.PriceModel == PriceModel.PerThousand
                    ? CampaignCost.ToDate(PriceModel.PerThousand, campaign.BudgetKrw, campaign.PricePerThousandKrw, 1, campaign.Total?.TargetImpressions ?? 0) : 0;
                return budget < spent ? No(BulkRefusal.BudgetSpent) : (before with { BudgetKrw = budget }, null);
            default:
                return campaign.GroupIds.Length == 0 && campaign.SiteIds.ToHashSet().SetEquals(change.SiteIds)
                    ? No(BulkRefusal.Same) : (before with { SiteIds = [.. change.SiteIds.Distinct()] }, null);
        }
    }

    /// <summary>A campaign's terms that a bulk change can affect.</summary>
    /// <param name="campaign">The campaign.</param>
    public static BulkTerms Of(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new BulkTerms(campaign.State, campaign.EndsOn, campaign.BudgetKrw, campaign.SiteIds);
    }
}
