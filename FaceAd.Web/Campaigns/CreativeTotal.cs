using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>Plays of a creative, written in the transaction of the plays: what its weight is held against.</summary>
public sealed class CreativeTotal
{
    /// <summary>The creative.</summary>
    public required Guid CreativeId { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public long Plays { get; init; }
}

sealed class CreativeTotalConfiguration : IEntityTypeConfiguration<CreativeTotal>
{
    // No foreign key: what was played is counted, whatever becomes of the creative's row.
    public void Configure(EntityTypeBuilder<CreativeTotal> builder)
    {
        builder.ToTable("creative_totals");
        builder.HasKey(t => t.CreativeId);
    }
}
