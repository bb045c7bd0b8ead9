
namespace FaceAd.Web.Campaigns;

/// <summary>A campaign's state as shown to people: the stored state combined with its dates.</summary>
public enum CampaignPhase
{
    /// <summary>Approved and within its dates.</summary>
    Running = 0,

    /// <summary>Approved; its first day is in the future.</summary>
    Scheduled = 1,

    /// <summary>Awaiting the media owner's review.</summary>
    Submitted = 2,

    /// <summary>Being prepared by the advertiser.</summary>
    Draft = 3,

    /// <summary>Rejected with a reason.</summary>
    Rejected = 4,

    /// <summary>Paused, with days left.</summary>
    Paused = 5,

    /// <summary>Was approved, and its last day has passed.</summary>
    Ended = 6,
}
