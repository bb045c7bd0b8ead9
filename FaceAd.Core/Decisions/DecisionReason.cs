namespace FaceAd.Core.Decisions;

/// <summary>Why the server chose what it chose.</summary>
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
}
