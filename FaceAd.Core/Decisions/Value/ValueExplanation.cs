using System.Runtime.CompilerServices;

namespace FaceAd.Core.Decisions.Value;

/// <summary>How one campaign fared in a decision by value.</summary>
/// <param name="Number">Its number in the table.</param>
/// <param name="ScoreKrw">Its worth here: expected impressions times its bid; of one that was stopped, what it would have been.</param>
/// <param name="Expected">Expected impressions on its target: what a commitment reserves.</param>
/// <param name="Gate">What stopped it; none for the winner.</param>
public readonly record struct Scored(int Number, double ScoreKrw, double Expected, Gate Gate);

/// <summary>The losers of a decision that were worth most, best first.</summary>
[InlineArray(Most)]
public struct Losers
{
    /// <summary>How many are kept.</summary>
    public const int Most = 5;

#pragma warning disable IDE0044, IDE0051 // an inline array is declared by its first element
    private Scored _first;
#pragma warning restore IDE0044, IDE0051
}

/// <summary>What was chosen for a cabin by value, and why: a value, so that nothing need be allocated for it.</summary>
public struct ValueExplanation
{
    private Losers _losers;

    internal ValueExplanation(
        CampaignTable table, Scored? winner, bool byShare, Guid? creative, in Losers losers, int count, bool areResting)
    {
        (Table, Winner, ByShare, Creative, _losers, LoserCount) = (table, winner, byShare, creative, losers, count);
        AreResting = areResting;
    }

    /// <summary>The campaigns that were asked.</summary>
    public CampaignTable Table { get; }

    /// <summary>The campaign chosen; null for the house loop.</summary>
    public Scored? Winner { get; }

    /// <summary>Whether the winner won by its share of voice, not by its worth.</summary>
    public bool ByShare { get; }

    /// <summary>The winner's creative, when its creatives are a sequence; null when they take turns.</summary>
    public Guid? Creative { get; }

    /// <summary>Whether campaigns for who is in view are on air, and none bids anything: they are ahead of their plans.</summary>
    public bool AreResting { get; }

    /// <summary>Number of losers kept.</summary>
    public int LoserCount { get; }

    /// <summary>The same in words that both rules have in common. Allocates.</summary>
    /// <param name="snapshot">The campaigns as they are now.</param>
    /// <param name="cabin">The cabin it was taken for.</param>
    /// <param name="now">The instant of the decision.</param>
    public readonly Explanation ToExplanation(DecisionSnapshot snapshot, in Cabin cabin, DateTimeOffset now)
    {
        var losers = new Verdict[LoserCount];
        for (var place = 0; place < losers.Length; place++) losers[place] = VerdictOf(_losers[place]);
        var dominant = DominantSegment.Of(cabin.Riders);
        return new Explanation
        {
            Snapshot = snapshot,
            Cabin = cabin,
            At = now,
            Dominant = dominant,
            Reason = Winner is not null ? (ByShare ? DecisionReason.ShareOfVoice : DecisionReason.Targeted)
                : losers.Length > 0 || AreResting ? DecisionReason.HeldBack : Decider.WhyNone(cabin, dominant),
            Winner = Winner is { } winner ? VerdictOf(winner) : null,
            Candidates = losers.Length + (Winner is null ? 0 : 1),
            Losers = losers,
            Creative = Creative,
            Expected = Winner?.Expected ?? 0,
        };
    }

    private readonly Verdict VerdictOf(in Scored scored) =>
        new(Table[scored.Number].Campaign, scored.Gate, null) { ScoreKrw = scored.ScoreKrw };

    /// <summary>One of the losers that were worth most, best first.</summary>
    /// <param name="place">From 0 to below <see cref="LoserCount"/>.</param>
    public readonly Scored Loser(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, LoserCount);
        return _losers[place];
    }
}
