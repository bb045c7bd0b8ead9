using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Notifications;

/// <summary>Whether a user wants a kind of notification by mail; without a row, <see cref="MailPreferences.AtFirst"/> applies.</summary>
sealed class MailPreference
{
    public required Guid UserId { get; init; }

    public required NotificationKind Kind { get; init; }

    /// <summary>Whether it is mailed.</summary>
    public required bool IsOn { get; set; }
}

sealed class MailPreferenceConfiguration : IEntityTypeConfiguration<MailPreference>
{
    public void Configure(EntityTypeBuilder<MailPreference> builder)
    {
        builder.ToTable("mail_switches");
        builder.HasKey(s => new { s.UserId, s.Kind });
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
