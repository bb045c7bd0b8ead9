using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Decisions.Value;

/// <summary>A campaign with what was booked of it: what <see cref="ValueDecider"/> decides by.</summary>
/// <param name="Campaign">The campaign, with where and when it may run, its segments and its creatives.</param>
public sealed record BookedCampaign(SnapshotCampaign Campaign)
{
    /// <summary>What an impression on its target is worth: for a flat price, budget by goal.</summary>
    public required double PriceKrw { get; init; }

    /// <summary>Impressions on its target that are booked.</summary>
    public required double Goal { get; init; }

    /// <summary>When they should be delivered.</summary>
    public required TargetCurve Curve { get; init; }

    /// <summary>Frequency caps; empty for none.</summary>
    public IReadOnlyList<FrequencyCap> Caps { get; init; } = [];

    /// <summary>Competitive category and its distance; none by default.</summary>
    public Separation Separation { get; init; }

    /// <summary>What repeated exposures are worth.</summary>
    public Worth Worth { get; init; } = Worth.Same;

    /// <summary>Whether it may not be shown when a child is likely in view.</summary>
    public bool NotForChildren { get; init; }

    /// <summary>Whether it runs, too, when nobody's segment is known well enough.</summary>
    public bool Broad { get; init; }

    /// <summary>Whether its creatives are shown in their order, to each the next, see <see cref="Sequence"/>.</summary>
    public bool InSequence { get; init; }

    /// <summary>Share of each of its screens' time that is booked, 0..1; 0 for a campaign that is booked by impressions.</summary>
    public double ShareOfVoice { get; init; }
}
