using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Marks that raw facts up to a day are deleted or being deleted: rollups of them can no longer be recomputed. The newest mark counts.
/// </summary>
sealed class RetentionMark
{
    /// <summary>The last day whose raw facts are deleted. A day of exposures, in each site's own time zone.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>When it was set: before the first row was deleted.</summary>
    public required DateTimeOffset MarkedAt { get; init; }

    /// <summary>When everything up to the day was deleted; null until then.</summary>
    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>Exposure partitions (days) dropped.</summary>
    public int ExposureDays { get; set; }

    /// <summary>Presences deleted.</summary>
    public long Presences { get; set; }

    /// <summary>Audiences deleted.</summary>
    public long Audiences { get; set; }

    /// <summary>Decisions deleted.</summary>
    public long Decisions { get; set; }
}

sealed class RetentionMarkConfiguration : IEntityTypeConfiguration<RetentionMark>
{
    public void Configure(EntityTypeBuilder<RetentionMark> builder)
    {
        builder.ToTable("retention_marks");
        builder.HasKey(m => m.Day);
    }
}
