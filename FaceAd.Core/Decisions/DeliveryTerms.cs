using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Decisions;

/// <summary>How a campaign is to be delivered, beside where, when and to whom. The choice by value keeps to all of it.</summary>
public sealed record DeliveryTerms
{
    /// <summary>The most frequency caps of one campaign.</summary>
    public const int MostCaps = 3;

    /// <summary>The largest goal.</summary>
    public const long MaxGoal = 1_000_000_000;

    /// <summary>The largest number of a frequency cap.</summary>
    public const int MaxCap = 1_000;

    /// <summary>The most plays that lie between two of a category.</summary>
    public const int MaxBetween = 20;

    /// <summary>The longest time that lies between two of a category.</summary>
    public static readonly TimeSpan MaxApart = TimeSpan.FromDays(1);

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

    /// <summary>Whether the goal is in range, or there is none.</summary>
    public bool HasSoundGoal => Goal is null or (>= 1 and <= MaxGoal);

    /// <summary>Whether all frequency caps are in range.</summary>
    public bool HasSoundCaps =>
        Caps.Count <= MostCaps && Caps.All(c => c.Most is >= 1 and <= MaxCap && Enum.IsDefined(c.Per));

    /// <summary>Whether category and distance are in range.</summary>
    public bool HasSoundSeparation => Enum.IsDefined((CompetitiveCategory)Separation.Category)
        && Separation.Plays is >= 0 and <= MaxBetween && Separation.Apart >= TimeSpan.Zero && Separation.Apart <= MaxApart;

    /// <summary>Whether pace and share of voice are in range.</summary>
    public bool HasSoundPace => Enum.IsDefined(Pace) && ShareOfVoice is >= 0 and <= 1;

    /// <inheritdoc/>
    public bool Equals(DeliveryTerms? other) =>
        other is not null && (Goal, Pace, Separation, Worth, NotForChildren, Broad, InSequence, ShareOfVoice)
            == (other.Goal, other.Pace, other.Separation, other.Worth, other.NotForChildren, other.Broad, other.InSequence,
                other.ShareOfVoice)
        && Caps.SequenceEqual(other.Caps);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Goal, Pace, Separation, ShareOfVoice, Caps.Count);
}
