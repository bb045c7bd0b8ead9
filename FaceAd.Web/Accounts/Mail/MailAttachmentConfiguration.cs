using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Mail;

sealed class MailAttachmentConfiguration : IEntityTypeConfiguration<MailAttachment>
{
    public void Configure(EntityTypeBuilder<MailAttachment> builder)
    {
        builder.ToTable("mail_attachments");
        builder.HasKey(a => a.MailId);
        builder.Property(a => a.Name).HasMaxLength(120);
        builder.Property(a => a.MediaType).HasMaxLength(120);
        builder.HasOne<StoredMail>().WithOne().HasForeignKey<MailAttachment>(a => a.MailId).OnDelete(DeleteBehavior.Cascade);
    }
}
