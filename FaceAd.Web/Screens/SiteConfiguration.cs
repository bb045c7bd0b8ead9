using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Screens;

sealed class SiteConfiguration : IEntityTypeConfiguration<Site>
{
    public void Configure(EntityTypeBuilder<Site> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(StorableText.Column(120));
        builder.Property(s => s.Address).HasMaxLength(StorableText.Column(Site.MaxAddress));
        builder.Property(s => s.PictureSha256).HasMaxLength(64);
        builder.Property(s => s.TimeZone).HasMaxLength(64);
        builder.Property(s => s.Notice).HasMaxLength(StorableText.Column(Site.MaxReference));
        builder.Property(s => s.ConsentBy).HasMaxLength(256);
        builder.Property(s => s.ConsentReference).HasMaxLength(StorableText.Column(Site.MaxReference));
        builder.HasIndex(s => s.Name).IsUnique();
        builder.ToTable(t => t.HasCheckConstraint("ck_sites_place", "(latitude IS NULL) = (longitude IS NULL)"));
        builder.HasOne<SiteOwner>().WithOne().HasForeignKey<SiteOwner>(o => o.SiteId).OnDelete(DeleteBehavior.Cascade);
    }
}
