using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Decisions;

/// <summary>How a campaign is to be delivered, beside where, when and to whom. The choice by value keeps to all of it.</summary>
public sealed record DeliveryTerms
{
    /// <summary>The most frequency caps of one campaign.</summary>
    public const int MostCaps = 3;

    /// <summary>Nothing was asked for.</summary>
    public static DeliveryTerms Default { get; } = new();

    /// <summary>Impressions on its target that are booked; null: as many as its budget buys, or, at a flat price, its share.</summary>
    public long? Goal { get; init; }

    /// <summary>How the goal is spread over the time on air.</summary>
    public Pace Pace { get; init; }

    /// <summary>Frequency caps, at most <see cref="MostCaps"/>; empty for none.</summary>
    public IReadOnlyList<FrequencyCap> Caps { get; init; } = [];

    /// <summary>Competitive category and its distance; none by default.</summary>
    public Separation Separation { get; init; }

    /// <summary>What repeated exposures are worth.</summary>
    public Worth Worth { get; init; } = Worth.Same;

    /// <summary>Whether it may not be shown when a child is likely in view.</summary>
    public bool NotForChildren { get; init; }

    /// <summary>Whether it runs, too, when nobody's segment is known well enough.</summary>
    public bool Broad { get; init; }

    /// <summary>Whether its creatives are shown in their order, to each person the next.</summary>
    public bool InSequence { get; init; }

    /// <summary>Share of each of its screens' time that is booked, 0..1; 0 for a campaign that is booked by impressions.</summary>
    public double ShareOfVoice { get; init; }

    /// <summary>Whether any of it depends on what riders or the screen have seen before.</summary>
    public bool AsksForHistory => Caps.Count > 0 || Separation.Category > 0 || Worth.Depends || InSequence;

    /// <inheritdoc/>
    public bool Equals(DeliveryTerms? other) =>
        other is not null && (Goal, Pace, Separation, Worth, NotForChildren, Broad, InSequence, ShareOfVoice)
            == (other.Goal, other.Pace, other.Separation, other.Worth, other.NotForChildren, other.Broad, other.InSequence, other.ShareOfVoice)
        && Caps.SequenceEqual(other.Caps);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Goal, Pace, Separation, ShareOfVoice, Caps.Count);
}
