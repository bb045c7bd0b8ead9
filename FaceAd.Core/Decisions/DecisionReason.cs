using FaceAd.Core.Offline;

namespace FaceAd.Core.Decisions;

/// <summary>Why was chosen what was chosen. The values are stored in the database: never reuse one.</summary>
public enum DecisionReason
{
    /// <summary>A campaign targets the dominant segment and won by the selection rule.</summary>
    Targeted = 0,

    /// <summary>Nobody is in view.</summary>
    NobodyInView = 1,

    /// <summary>Viewers are in view, and none of them has a known segment.</summary>
    SegmentUnknown = 2,

    /// <summary>No eligible campaign targets the dominant segment.</summary>
    NoMatchingCampaign = 3,

    /// <summary>The server was away: the screen chose by the last schedule it had, see <see cref="OfflineRule"/>.</summary>
    ServerAway = 4,

    /// <summary>The share of voice of a campaign was due on this screen.</summary>
    ShareOfVoice = 5,

    /// <summary>Campaigns target who is in view, and each was stopped by a gate.</summary>
    HeldBack = 6,
}
