using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Core.Decisions.Value;

/// <summary>A campaign with what its terms come to: what <see cref="ValueDecider"/> decides by.</summary>
/// <param name="Campaign">The campaign, with where, when and how it may run, its segments and its creatives.</param>
public sealed record BookedCampaign(SnapshotCampaign Campaign)
{
    /// <summary>What an impression on its target is worth: for a flat price, budget by goal.</summary>
    public required double PriceKrw { get; init; }

    /// <summary>Impressions on its target that are booked, or planned for it.</summary>
    public required double Goal { get; init; }

    /// <summary>When they should be delivered.</summary>
    public required TargetCurve Curve { get; init; }

    /// <summary>
    /// Whether its goal is only its share of what is expected: it runs on beyond it, and when it is ahead, rather than the house loop.
    /// </summary>
    public bool IsOpenEnded { get; init; }

    /// <summary>How it is to be delivered.</summary>
    public DeliveryTerms Terms { get; init; } = Campaign.Delivery;
}
