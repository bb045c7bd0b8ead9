using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Notifications;

/// <summary>Kinds of notification. The values are stored in the database: never reuse one.</summary>
public enum NotificationKind
{
    /// <summary>To the media owner: an advertiser submitted a campaign.</summary>
    CampaignSubmitted = 0,

    /// <summary>To the advertiser: the campaign was approved.</summary>
    CampaignApproved = 1,

    /// <summary>To the advertiser: the campaign was rejected.</summary>
    CampaignRejected = 2,

    /// <summary>To the media owner's other administrators: one has approved, a second approval is needed.</summary>
    SecondNeeded = 3,

    /// <summary>To the media owner: a new or replacement creative was proposed for a running campaign.</summary>
    VersionProposed = 4,

    /// <summary>To the advertiser: the new version was approved.</summary>
    VersionApproved = 5,

    /// <summary>To the advertiser: the new version was rejected; the current one keeps running.</summary>
    VersionRefused = 6,

    /// <summary>To the other side: a new comment.</summary>
    Commented = 7,

    /// <summary>To the uploader: the creative is ready.</summary>
    FilmReady = 8,

    /// <summary>To the uploader: the upload was refused.</summary>
    FilmFailed = 9,

    /// <summary>To the advertiser: the campaign's last day has passed.</summary>
    CampaignEnded = 10,

    /// <summary>To the advertiser: the campaign's budget is spent.</summary>
    BudgetSpent = 11,

    /// <summary>To the media owner: a screen has sent no heartbeat for two minutes.</summary>
    ScreenSilent = 12,
}

/// <summary>One notification of one user. It holds names rather than sentences, because each reader has their own language.</summary>
public sealed class Notification
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
        NotificationKind.CampaignSubmitted or NotificationKind.SecondNeeded or NotificationKind.VersionProposed => $"admin/approvals?campaign={CampaignId}",
        NotificationKind.ScreenSilent => "admin/screens",
        _ => $"campaigns/{CampaignId}",
    };
}

/// <summary>Whether a user wants a kind of notification by mail; without a row, <see cref="NotificationMails.AtFirst"/> applies.</summary>
public sealed class MailSwitch
{
    /// <summary>The user.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The kind.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>Whether it is mailed.</summary>
    public required bool IsOn { get; set; }
}

sealed class MailSwitchConfiguration : IEntityTypeConfiguration<MailSwitch>
{
    public void Configure(EntityTypeBuilder<MailSwitch> builder)
    {
        builder.ToTable("mail_switches");
        builder.HasKey(s => new { s.UserId, s.Kind });
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("notifications");
        builder.Property(n => n.Subject).HasMaxLength(160);
        builder.Property(n => n.Detail).HasMaxLength(300);
        builder.HasIndex(n => new { n.UserId, n.CreatedAt, n.Id });
        builder.HasIndex(n => n.UserId).HasFilter("read_at IS NULL").HasDatabaseName("ix_notifications_unread");
        builder.HasIndex(n => n.CreatedAt);
        builder.HasIndex(n => n.MailDueAt).HasFilter("mail_due_at IS NOT NULL");
        builder.HasIndex(n => new { n.UserId, n.MailedAt }).HasFilter("mailed_at IS NOT NULL");
        builder.Ignore(n => n.Page);
        builder.HasOne<User>().WithMany().HasForeignKey(n => n.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
