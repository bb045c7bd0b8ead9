using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>Plays of a creative, written in the plays' transaction; rotation compares them with its weight.</summary>
sealed class CreativeTotal
{
    public required Guid CreativeId { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public long Plays { get; init; }
}

sealed class CreativeTotalConfiguration : IEntityTypeConfiguration<CreativeTotal>
{
    // No foreign key: plays stay counted even if the creative's row is deleted.
    public void Configure(EntityTypeBuilder<CreativeTotal> builder)
    {
        builder.ToTable("creative_totals");
        builder.HasKey(t => t.CreativeId);
    }
}
