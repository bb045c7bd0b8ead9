namespace FaceAd.Core.Decisions.Experiments;

/// <summary>Why an experiment has stopped. The values are stored in the database: never reuse one.</summary>
public enum ExperimentEnd
{
    /// <summary>One creative is better than each other one.</summary>
    Winner = 1,

    /// <summary>No two creatives differ by as much as is worth knowing.</summary>
    NoDifference = 2,

    /// <summary>The campaign is over, and neither has shown.</summary>
    CampaignOver = 3,

    /// <summary>The campaign is over, and fewer than <see cref="ExperimentRule.LeastPeople"/> people were counted for a creative.</summary>
    TooFew = 4,

    /// <summary>A creative was replaced, added or removed: what is shown is no longer what was compared.</summary>
    CreativesChanged = 5,

    /// <summary>Somebody stopped it.</summary>
    ByHand = 6,
}
