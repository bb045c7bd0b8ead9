using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>What a change of booked terms has to leave alone, whoever makes it and on whichever way. Pure rules.</summary>
static class BookedRules
{
    /// <summary>Problems with new terms of a booked campaign, besides those of any terms.</summary>
    /// <param name="before">Its dates.</param>
    /// <param name="after">Its new dates.</param>
    /// <param name="budgetKrw">Its new budget.</param>
    /// <param name="accrued">Its cost to date.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static IEnumerable<CampaignProblem> Problems(
        FlightPlan before, FlightPlan after, long budgetKrw, decimal accrued, DateOnly today)
    {
        if (!KeepsBegunDays(before, after, today)) yield return CampaignProblem.DaysBegun;
        if (IsSpent(budgetKrw, accrued)) yield return CampaignProblem.BudgetSpent;
    }

    /// <summary>Whether a budget is less than what has accrued.</summary>
    public static bool IsSpent(long budgetKrw, decimal accrued) => budgetKrw < accrued;

    /// <summary>Whether other targets are out of the question: what is counted as a target impression, and charged, stays so.</summary>
    /// <param name="campaign">The campaign, with its total.</param>
    /// <param name="targets">Its new targets.</param>
    /// <param name="today">Today, in the pages' time zone; at a site it may be tomorrow.</param>
    public static bool AreTargetsFixed(Campaign campaign, IReadOnlyCollection<Segment> targets, DateOnly today) =>
        (campaign.StartsOn <= today || campaign.Total is { Plays: > 0 }) && !campaign.Targets.ToHashSet().SetEquals(targets);

    // Days that have begun were on air or were not, and have been paid for or not. A campaign that has not started may start today.
    private static bool KeepsBegunDays(FlightPlan before, FlightPlan after, DateOnly today)
    {
        var last = before.StartsOn > today ? today.AddDays(-1) : today;
        for (var day = before.StartsOn < after.StartsOn ? before.StartsOn : after.StartsOn; day <= last; day = day.AddDays(1))
        {
            if (before.Contains(day) != after.Contains(day)) return false;
        }
        return true;
    }
}
