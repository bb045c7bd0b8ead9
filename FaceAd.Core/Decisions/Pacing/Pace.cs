namespace FaceAd.Core.Decisions.Pacing;

/// <summary>How a campaign's goal is spread over its time on air.</summary>
public enum Pace
{
    /// <summary>As people come: the same share of the goal as of the expected supply.</summary>
    Even = 0,

    /// <summary>As soon as it can be delivered.</summary>
    AsFastAsPossible = 1,

    /// <summary>Ahead of even: 40 % faster at the start, a quarter ahead in the middle.</summary>
    FrontLoaded = 2,
}
