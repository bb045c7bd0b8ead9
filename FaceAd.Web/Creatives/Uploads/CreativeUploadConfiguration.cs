using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Creatives.Uploads;

sealed class CreativeUploadConfiguration : IEntityTypeConfiguration<CreativeUpload>
{
    public void Configure(EntityTypeBuilder<CreativeUpload> builder)
    {
        builder.ToTable("creative_uploads");
        builder.Property(u => u.Name).HasMaxLength(StorableText.Column(120));
        builder.Property(u => u.UserName).HasMaxLength(256);
        builder.HasIndex(u => u.CreatedAt).HasFilter("state IN (1, 2)").HasDatabaseName("ix_creative_uploads_queue");
        builder.HasIndex(u => u.CampaignId);
        builder.HasIndex(u => u.OrganisationId).HasFilter("state IN (0, 1, 2)").HasDatabaseName("ix_creative_uploads_open");
        builder.HasIndex(u => u.TouchedAt);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(u => u.OrganisationId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Campaign>().WithMany().HasForeignKey(u => u.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable(t => t.HasCheckConstraint("ck_creative_uploads_bytes", "bytes > 0"));
    }
}
