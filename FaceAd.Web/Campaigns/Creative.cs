using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>Where one version of a film stands.</summary>
public enum CreativeState
{
    /// <summary>The version that runs when its campaign runs.</summary>
    Current = 0,

    /// <summary>Waits for the media owner, while the version before it plays on.</summary>
    Proposed = 1,

    /// <summary>A newer version runs instead, or was proposed instead. Kept, because plays refer to it.</summary>
    Replaced = 2,

    /// <summary>The media owner did not let it run.</summary>
    Refused = 3,
}

/// <summary>
/// One version of one film. Its file is stored by the SHA-256 of its content and never changes: a replacement is a new row of the same
/// <see cref="LineId"/>, so that each play goes on referring to what it showed. Queries see current versions unless they say
/// <c>IgnoreQueryFilters()</c>.
/// </summary>
public sealed class Creative
{
    /// <summary>Identity of this version.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Who owns it.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>Who owns it.</summary>
    public Organisation? Organisation { get; init; }

    /// <summary>The campaign it belongs to; null for a film of the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The campaign it belongs to.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the stored file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the stored file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Running time in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The largest <see cref="Weight"/>.</summary>
    public const int MaxWeight = 100;

    /// <summary>Its share of its campaign's plays, beside the weights of the campaign's other films; 1 to <see cref="MaxWeight"/>.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The first version of this film; null when this is the first one.</summary>
    public Guid? RootId { get; init; }

    /// <summary>What all versions of one film share: the first one's identity. Computed by the database.</summary>
    public Guid LineId { get; private init; }

    /// <summary>Number of this version, from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Where this version stands.</summary>
    public CreativeState State { get; set; }

    /// <summary>When a newer version took its place; null before.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    /// <summary>When the media owner decided about this version by itself; null when it went with its campaign.</summary>
    public DateTimeOffset? ReviewedAt { get; set; }

    /// <summary>Why it was refused; null otherwise.</summary>
    public string? RefusalReason { get; set; }
}

sealed class CreativeConfiguration : IEntityTypeConfiguration<Creative>
{
    public void Configure(EntityTypeBuilder<Creative> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(120);
        builder.Property(c => c.Sha256).HasMaxLength(64).IsFixedLength();
        builder.Property(c => c.RefusalReason).HasMaxLength(1000);
        builder.Property(c => c.LineId).HasComputedColumnSql("coalesce(root_id, id)", stored: true);
        builder.Property(c => c.Version).HasDefaultValue(1);
        builder.Property(c => c.Weight).HasDefaultValue(1).HasSentinel(1);
        builder.ToTable(t => t.HasCheckConstraint("ck_creatives_weight", $"weight BETWEEN 1 AND {Creative.MaxWeight}"));
        builder.HasIndex(c => c.Sha256);
        builder.HasIndex(c => c.CampaignId);
        builder.HasIndex(c => c.OrganisationId);
        builder.HasIndex(c => new { c.LineId, c.Version }).IsUnique();
        builder.HasIndex(c => new { c.LineId, c.State }).IsUnique().HasFilter("state IN (0, 1)"); // one runs, one waits, at most
        builder.HasIndex(c => c.CreatedAt).HasFilter("state = 1").HasDatabaseName("ix_creatives_proposed");
        builder.HasOne(c => c.Organisation).WithMany().HasForeignKey(c => c.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        // A draft that is deleted takes its films along, whichever versions there are.
        builder.HasOne(c => c.Campaign).WithMany(c => c.Creatives).HasForeignKey(c => c.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasQueryFilter(c => c.State == CreativeState.Current);
    }
}
