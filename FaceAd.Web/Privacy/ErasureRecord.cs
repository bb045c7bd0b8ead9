using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Privacy;

/// <summary>Why the person records of an epoch were destroyed.</summary>
enum EpochEndReason
{
    /// <summary>The epoch and its grace were over.</summary>
    Ended,

    /// <summary>Requested by an administrator. The epoch goes on with another key, and counts everyone as new.</summary>
    Erased,
}

/// <summary>Records that the people, the key and all person ids of a site's epoch were destroyed.</summary>
sealed class ErasureRecord
{
    public long Id { get; init; }

    public required Guid SiteId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Why.</summary>
    public required EpochEndReason Reason { get; init; }

    /// <summary>How many people.</summary>
    public required int Persons { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When the space of the deleted rows was freed; null until then.</summary>
    public DateTimeOffset? SweptAt { get; set; }
}

sealed class ErasureRecordConfiguration : IEntityTypeConfiguration<ErasureRecord>
{
    public void Configure(EntityTypeBuilder<ErasureRecord> builder)
    {
        builder.ToTable("erasure_records");
        builder.HasIndex(e => new { e.SiteId, e.Epoch });
        builder.HasOne<Site>().WithMany().HasForeignKey(e => e.SiteId).OnDelete(DeleteBehavior.Restrict);
    }
}
