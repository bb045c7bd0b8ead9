using FaceAd.Web.Accounts;

namespace FaceAd.Web.Campaigns;

/// <summary>State of one version of a creative.</summary>
public enum CreativeState
{
    /// <summary>The version that runs when its campaign runs.</summary>
    Current = 0,

    /// <summary>Awaiting the media owner's review, while the previous version keeps playing.</summary>
    Proposed = 1,

    /// <summary>Superseded by a newer version or proposal. Kept, because plays refer to it.</summary>
    Replaced = 2,

    /// <summary>Rejected by the media owner.</summary>
    Refused = 3,

    /// <summary>Approved for a change request: it becomes current when the request is accepted.</summary>
    Held = 4,
}

/// <summary>
/// One version of a creative. Its file is stored by the SHA-256 of its content and never changes: a replacement is a new row with the same
/// <see cref="LineId"/>, so that each play keeps referring to what it showed. Queries see current versions only, unless they call
/// <c>IgnoreQueryFilters()</c>.
/// </summary>
public sealed class Creative
{
    /// <summary>Identity of this version.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The owning organisation.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>The owning organisation.</summary>
    public Organisation? Organisation { get; init; }

    /// <summary>The campaign it belongs to; null for a creative of the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The campaign it belongs to.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the stored file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the stored file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Duration in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The largest <see cref="Weight"/>.</summary>
    public const int MaxWeight = 100;

    /// <summary>Its share of its campaign's plays relative to the other creatives' weights; 1 to <see cref="MaxWeight"/>.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first version of this creative; null when this is the first.</summary>
    public Guid? RootId { get; init; }

    /// <summary>Identity shared by all versions of one creative: the first version's. Computed by the database.</summary>
    public Guid LineId { get; private init; }

    /// <summary>Number of this version, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>State of this version.</summary>
    public CreativeState State { get; set; }

    /// <summary>When a newer version replaced it; null before.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    /// <summary>When the media owner reviewed this version by itself; null when it was reviewed with its campaign.</summary>
    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary>Why it was refused; null otherwise.</summary>
    public string? RefusalReason { get; set; }
}
