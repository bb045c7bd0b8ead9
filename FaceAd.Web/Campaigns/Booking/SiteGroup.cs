using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Sites that are booked together under one name. Created by the media owner.</summary>
public sealed class SiteGroup
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Display name; 1 to 120 characters, unique.</summary>
    public required string Name { get; set; }

    /// <summary>Its sites; at least one.</summary>
    public required Guid[] SiteIds { get; set; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

sealed class SiteGroupConfiguration : IEntityTypeConfiguration<SiteGroup>
{
    public void Configure(EntityTypeBuilder<SiteGroup> builder)
    {
        builder.ToTable("site_groups", t => t.HasCheckConstraint("ck_site_groups_sites", "cardinality(site_ids) > 0"));
        builder.Property(g => g.Name).HasMaxLength(StorableText.Column(120));
        builder.HasIndex(g => g.Name).IsUnique();
    }
}
