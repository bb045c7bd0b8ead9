using System.Linq.Expressions;

namespace FaceAd.Web.Campaigns;

/// <summary>A campaign's state as people see it: what is stored, and what follows from its days.</summary>
public enum CampaignPhase
{
    /// <summary>On the screens when its turn comes.</summary>
    Running = 0,

    /// <summary>Approved; its first day is still to come.</summary>
    Scheduled = 1,

    /// <summary>Waiting for the media owner.</summary>
    Submitted = 2,

    /// <summary>Being written by the advertiser.</summary>
    Draft = 3,

    /// <summary>Sent back with a reason.</summary>
    Rejected = 4,

    /// <summary>Held, with days left.</summary>
    Paused = 5,

    /// <summary>Approved once, and its last day has passed.</summary>
    Ended = 6,
}

/// <summary>The one place that tells a campaign's phase, for one campaign and for a query.</summary>
public static class CampaignPhases
{
    /// <summary>The phase of a campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="today">Today.</param>
    public static CampaignPhase Of(Campaign campaign, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return Of(campaign.State, today < campaign.StartsOn, today > campaign.EndsOn);
    }

    /// <summary>The phase that follows from a state and the days.</summary>
    /// <param name="state">What is stored.</param>
    /// <param name="later">Whether the first day is still to come.</param>
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

    /// <summary>First day of the next flight of a running campaign that rests between two; null for every other campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="today">Today.</param>
    public static DateOnly? RestsUntil(Campaign campaign, DateOnly today) =>
        Of(campaign, today) == CampaignPhase.Running && !campaign.Plan.Contains(today) ? campaign.Plan.Next(today) : null;

    /// <summary>The campaigns of a phase, as a condition that the database understands. Says the same as <see cref="Of(Campaign, DateOnly)"/>.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="today">Today.</param>
    public static Expression<Func<Campaign, bool>> Are(CampaignPhase phase, DateOnly today) => phase switch
    {
        CampaignPhase.Running => c => c.State == CampaignState.Approved && c.StartsOn <= today && c.EndsOn >= today,
        CampaignPhase.Scheduled => c => c.State == CampaignState.Approved && c.StartsOn > today,
        CampaignPhase.Submitted => c => c.State == CampaignState.Submitted,
        CampaignPhase.Draft => c => c.State == CampaignState.Draft,
        CampaignPhase.Rejected => c => c.State == CampaignState.Rejected,
        CampaignPhase.Paused => c => c.State == CampaignState.Paused && c.EndsOn >= today,
        CampaignPhase.Ended => c => (c.State == CampaignState.Approved || c.State == CampaignState.Paused) && c.EndsOn < today,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "is no phase."),
    };
}
