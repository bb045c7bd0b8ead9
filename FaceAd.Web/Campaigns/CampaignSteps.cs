using System.Linq.Expressions;

namespace FaceAd.Web.Campaigns;

/// <summary>Actions on a campaign.</summary>
enum CampaignAction
{
    /// <summary>The advertiser submits it for approval.</summary>
    Submit = 0,

    /// <summary>The advertiser withdraws it to edit it.</summary>
    Revise = 1,

    /// <summary>The media owner approves it.</summary>
    Approve = 2,

    /// <summary>The media owner rejects it with a reason.</summary>
    Reject = 3,

    /// <summary>Either side pauses it.</summary>
    Pause = 4,

    /// <summary>Either side resumes it.</summary>
    Resume = 5,
}

/// <summary>Result of an action.</summary>
/// <param name="Happened">False when the campaign's state does not allow the action; nothing changed then.</param>
/// <param name="From">State before.</param>
/// <param name="To">State after; equals <paramref name="From"/> when nothing happened.</param>
readonly record struct CampaignStep(bool Happened, CampaignState From, CampaignState To)
{
    /// <summary>Whether an approval counted but a second administrator's is still needed; the state has not changed then.</summary>
    public bool SecondNeeded { get; init; }

    /// <summary>Whether nothing happened because the campaign has another version than the one the action was for.</summary>
    public bool IsStale { get; init; }
}

/// <summary>State machine of a campaign: draft, submitted, approved or rejected, paused. Pure rules.</summary>
static class CampaignSteps
{
    /// <summary>The transition for an action.</summary>
    /// <param name="state">State before.</param>
    /// <param name="action">The action.</param>
    public static CampaignStep Next(CampaignState state, CampaignAction action)
    {
        CampaignState? to = (state, action) switch
        {
            (CampaignState.Draft or CampaignState.Rejected, CampaignAction.Submit) => CampaignState.Submitted,
            (CampaignState.Submitted or CampaignState.Rejected, CampaignAction.Revise) => CampaignState.Draft,
            (CampaignState.Submitted, CampaignAction.Approve) => CampaignState.Approved,
            (CampaignState.Submitted, CampaignAction.Reject) => CampaignState.Rejected,
            (CampaignState.Approved, CampaignAction.Pause) => CampaignState.Paused,
            (CampaignState.Paused, CampaignAction.Resume) => CampaignState.Approved,
            _ => null,
        };
        return new CampaignStep(to is not null, state, to ?? state);
    }

    /// <summary>Whether the advertiser may change a campaign's terms and creatives in this state.</summary>
    public static bool Editable(CampaignState state) => state is CampaignState.Draft or CampaignState.Rejected;

    /// <summary>
    /// Whether the campaign is booked: the media owner has approved it, which cannot be undone. Only booked campaigns have a cost.
    /// </summary>
    public static bool IsBooked(CampaignState state) => state is CampaignState.Approved or CampaignState.Paused;

    /// <summary>Which campaigns the media owner lists: those not deleted, and the booked ones, whoever deletes them.</summary>
    public static readonly Expression<Func<Campaign, bool>> ListedForMediaOwner =
        c => c.DeletedAt == null || c.State == CampaignState.Approved || c.State == CampaignState.Paused;

    /// <summary>
    /// Whether a campaign may be deleted: one that may still run, or is under review, must be stopped first. A booked one is deleted for
    /// its advertiser only: the media owner keeps it, with its report and its cost.
    /// </summary>
    public static bool Deletable(CampaignState state, CampaignPhase phase, bool byMediaOwner) =>
        phase is CampaignPhase.Draft or CampaignPhase.Rejected or CampaignPhase.Paused or CampaignPhase.Ended
        && !(byMediaOwner && IsBooked(state));

    /// <summary>Whether an action is reserved for the media owner.</summary>
    public static bool ForAdmins(CampaignAction action) => action is CampaignAction.Approve or CampaignAction.Reject;
}
