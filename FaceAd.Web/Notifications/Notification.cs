using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Notifications;

/// <summary>One notification of one user. It holds names rather than sentences, because each reader has their own language.</summary>
sealed class Notification
{
    /// <summary>Identity; ascending over time.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The recipient.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Kind of notification.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>The campaign concerned; null when it concerns a screen.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The screen concerned; null when it concerns a campaign.</summary>
    public Guid? ScreenId { get; init; }

    /// <summary>Name of the campaign or creative at the time.</summary>
    public required string Subject { get; init; }

    /// <summary>A reason, the start of a comment, or the creative's name; null when there is none.</summary>
    public string? Detail { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the user saw it; null before.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>When it is due to be mailed; null when it is not mailed, or already was.</summary>
    public DateTimeOffset? MailDueAt { get; set; }

    /// <summary>When it was put into the mailbox; null before, and when it is not mailed.</summary>
    public DateTimeOffset? MailedAt { get; set; }

    /// <summary>Address of the page with the details.</summary>
    public string Page => Kind switch
    {
        NotificationKind.CampaignSubmitted or NotificationKind.SecondNeeded or NotificationKind.VersionProposed
            or NotificationKind.ChangeRequested =>
            $"admin/approvals?campaign={CampaignId}",
        NotificationKind.ScreenSilent or NotificationKind.CreativeFails or NotificationKind.PlaysDisputed
            or NotificationKind.ScreenKeyChanged => "admin/screens",
        NotificationKind.Commented => $"campaigns/{CampaignId}?tab=comments",
        _ => $"campaigns/{CampaignId}",
    };
}

sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("notifications");
        builder.Property(n => n.Subject).HasMaxLength(StorableText.Column(160));
        builder.Property(n => n.Detail).HasMaxLength(StorableText.Column(300));
        builder.HasIndex(n => new { n.UserId, n.CreatedAt, n.Id });
        builder.HasIndex(n => n.UserId).HasFilter("read_at IS NULL").HasDatabaseName("ix_notifications_unread");
        builder.HasIndex(n => n.CreatedAt);
        builder.HasIndex(n => n.MailDueAt).HasFilter("mail_due_at IS NOT NULL");
        builder.HasIndex(n => new { n.UserId, n.MailedAt }).HasFilter("mailed_at IS NOT NULL");
        builder.Ignore(n => n.Page);
        builder.HasOne<User>().WithMany().HasForeignKey(n => n.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
