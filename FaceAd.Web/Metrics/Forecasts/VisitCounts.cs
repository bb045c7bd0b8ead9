using FaceAd.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>A <see cref="VisitPattern"/> of one segment at one site: counts, which outlive the records of the people.</summary>
sealed class VisitCounts
{
    public required Guid SiteId { get; init; }

    /// <summary>The epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Its first days that were watched: 7, 14, 21 or 28.</summary>
    public required short Days { get; init; }

    public required Segment Segment { get; init; }

    /// <summary>See <see cref="VisitPattern"/>.</summary>
    public required long[] Persons { get; init; }

    /// <summary>See <see cref="VisitPattern"/>.</summary>
    public required long[] Rides { get; init; }
}

sealed class VisitCountsConfiguration : IEntityTypeConfiguration<VisitCounts>
{
    public void Configure(EntityTypeBuilder<VisitCounts> builder)
    {
        builder.ToTable("visit_counts");
        builder.HasKey(c => new { c.SiteId, c.Days, c.Segment, c.Epoch });
    }
}
