using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Reports.Mailing;

sealed class ReportMailingConfiguration : IEntityTypeConfiguration<ReportMailing>
{
    public void Configure(EntityTypeBuilder<ReportMailing> builder)
    {
        builder.ToTable("report_mailings");
        builder.Property(m => m.Email).HasMaxLength(AccountRules.MaxEmail);
        builder.Property(m => m.Language).HasMaxLength(8);
        builder.Property(m => m.CreatedBy).HasMaxLength(256);
        builder.HasIndex(m => new { m.CampaignId, m.UserId }).IsUnique();
        builder.HasIndex(m => new { m.CampaignId, m.Email }).IsUnique();
        builder.HasIndex(m => m.UserId);
        builder.HasIndex(m => m.LookAt);
        builder.HasOne(m => m.Campaign).WithMany().HasForeignKey(m => m.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(m => m.User).WithMany().HasForeignKey(m => m.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
