using FaceAd.Core.Decisions;

namespace FaceAd.Core.Offline;

/// <summary>A campaign's slices for one screen.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Slices">How often each of its creatives may be played, and when.</param>
public sealed record OfflineShare(SnapshotCampaign Campaign, IReadOnlyList<(Guid CreativeId, OfflineSlice Slice)> Slices)
{
    /// <summary>What the choice by value goes by; null where the other rule is set.</summary>
    public OfflineTerms? Terms { get; init; }
}
