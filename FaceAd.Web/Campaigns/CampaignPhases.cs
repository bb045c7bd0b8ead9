using System.Linq.Expressions;
using FaceAd.Core.Decisions;

namespace FaceAd.Web.Campaigns;

/// <summary>The single definition of a campaign's phase, for one campaign and for queries.</summary>
static class CampaignPhases
{
    /// <summary>The phase of a campaign.</summary>
    public static CampaignPhase Of(Campaign campaign, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var gate = Eligibility.OfDay(campaign.Plan, today);
        return Of(campaign.State, gate == Gate.NotStarted, gate == Gate.Ended);
    }

    /// <summary>The phase for a state and dates.</summary>
    /// <param name="state">The stored state.</param>
    /// <param name="later">Whether the first day is in the future.</param>
    /// <param name="over">Whether the last day has passed.</param>
    public static CampaignPhase Of(CampaignState state, bool later, bool over) => state switch
    {
        CampaignState.Draft => CampaignPhase.Draft,
        CampaignState.Submitted => CampaignPhase.Submitted,
        CampaignState.Rejected => CampaignPhase.Rejected,
        _ when over => CampaignPhase.Ended,
        CampaignState.Paused => CampaignPhase.Paused,
        _ => later ? CampaignPhase.Scheduled : CampaignPhase.Running,
    };

    /// <summary>First day of the next flight of a running campaign that is between flights; null for any other campaign.</summary>
    public static DateOnly? RestsUntil(Campaign campaign, DateOnly today) =>
        Of(campaign, today) == CampaignPhase.Running && Eligibility.OfDay(campaign.Plan, today) == Gate.BetweenFlights
            ? campaign.Plan.Next(today) : null;

    /// <summary>
    /// The campaigns in a phase, as a condition that EF Core can translate. Agrees with <see cref="Of(Campaign, DateOnly)"/>.
    /// </summary>
    public static Expression<Func<Campaign, bool>> Are(CampaignPhase phase, DateOnly today) => phase switch
    {
        CampaignPhase.Running => c => c.State == CampaignState.Approved && c.StartsOn <= today && c.EndsOn >= today,
        CampaignPhase.Scheduled => c => c.State == CampaignState.Approved && c.StartsOn > today,
        CampaignPhase.Submitted => c => c.State == CampaignState.Submitted,
        CampaignPhase.Draft => c => c.State == CampaignState.Draft,
        CampaignPhase.Rejected => c => c.State == CampaignState.Rejected,
        CampaignPhase.Paused => c => c.State == CampaignState.Paused && c.EndsOn >= today,
        CampaignPhase.Ended => c => (c.State == CampaignState.Approved || c.State == CampaignState.Paused) && c.EndsOn < today,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Unknown phase."),
    };
}
