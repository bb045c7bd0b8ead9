namespace FaceAd.Web.Decisions;

/// <summary>How campaigns are chosen.</summary>
enum DecisionRule
{
    /// <summary>By what they are worth for everybody in view, paced on their plan: docs/decisions-and-pacing.md.</summary>
    Value = 0,

    /// <summary>The first source system's rule: the one of the dominant segment that is furthest behind its money.</summary>
    CostPerImpression = 1,
}

/// <summary>Settings under <c>Decisions</c>.</summary>
sealed class DecisionOptions
{
    /// <summary>The rule.</summary>
    public DecisionRule Rule { get; set; }
}
