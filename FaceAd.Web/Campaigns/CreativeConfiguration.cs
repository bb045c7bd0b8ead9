using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

sealed class CreativeConfiguration : IEntityTypeConfiguration<Creative>
{
    public void Configure(EntityTypeBuilder<Creative> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(StorableText.Column(120));
        builder.Property(c => c.Sha256).HasMaxLength(64).IsFixedLength();
        builder.Property(c => c.RefusalReason).HasMaxLength(StorableText.Column(Campaign.MaxReason));
        builder.Property(c => c.LineId).HasComputedColumnSql("coalesce(root_id, id)", stored: true);
        builder.Property(c => c.Version).HasDefaultValue(1);
        builder.Property(c => c.Weight).HasDefaultValue(1).HasSentinel(1);
        builder.ToTable(t => t.HasCheckConstraint("ck_creatives_weight", $"weight BETWEEN 1 AND {Creative.MaxWeight}"));
        builder.HasIndex(c => c.Sha256);
        builder.HasIndex(c => c.CampaignId);
        builder.HasIndex(c => c.OrganisationId);
        builder.HasIndex(c => new { c.LineId, c.Version }).IsUnique();
        builder.HasIndex(c => new { c.LineId, c.State }).IsUnique().HasFilter("state IN (0, 1)"); // at most one current and one proposed
        builder.HasIndex(c => c.CreatedAt).HasFilter("state = 1").HasDatabaseName("ix_creatives_proposed");
        builder.HasOne(c => c.Organisation).WithMany().HasForeignKey(c => c.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        // Deleting a draft deletes its creatives, all versions included.
        builder.HasOne(c => c.Campaign).WithMany(c => c.Creatives).HasForeignKey(c => c.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasQueryFilter(c => c.State == CreativeState.Current);
    }
}
