namespace FaceAd.Core.Offline;

/// <summary>A campaign of a schedule.</summary>
/// <param name="Targets">Its segments.</param>
/// <param name="Tickets">Its slices, with the proof of each.</param>
public sealed record OfflineOffer(IReadOnlyList<Segment> Targets, IReadOnlyList<OfflineTicket> Tickets)
{
    /// <summary>What the choice by value goes by; null where the other rule is set.</summary>
    public OfflineTerms? Terms { get; init; }
}
