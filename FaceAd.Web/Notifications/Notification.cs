using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Notifications;

/// <summary>What a person is told. The numbers are in the database: never use one again.</summary>
public enum NotificationKind
{
    /// <summary>To the media owner: an advertiser handed a campaign in.</summary>
    CampaignSubmitted = 0,

    /// <summary>To the advertiser: it may run.</summary>
    CampaignApproved = 1,

    /// <summary>To the advertiser: it went back.</summary>
    CampaignRejected = 2,

    /// <summary>To the media owner's others: one has approved, another must.</summary>
    SecondNeeded = 3,

    /// <summary>To the media owner: a film of a running campaign shall be replaced, or one added.</summary>
    VersionProposed = 4,

    /// <summary>To the advertiser: the new version runs.</summary>
    VersionApproved = 5,

    /// <summary>To the advertiser: the new version does not run; the one before goes on.</summary>
    VersionRefused = 6,

    /// <summary>To the other side: somebody wrote.</summary>
    Commented = 7,

    /// <summary>To the sender: the film is ready.</summary>
    FilmReady = 8,

    /// <summary>To the sender: the film was not taken.</summary>
    FilmFailed = 9,

    /// <summary>To the advertiser: its last day has passed.</summary>
    CampaignEnded = 10,

    /// <summary>To the advertiser: its budget is spent.</summary>
    BudgetSpent = 11,

    /// <summary>To the media owner: a screen has sent no heartbeat for two minutes.</summary>
    ScreenSilent = 12,
}

/// <summary>One line of one person's bell. It holds names and no sentences: each reader has a language.</summary>
public sealed class Notification
{
    /// <summary>Identity; rises with time.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Who is told.</summary>
    public required Guid UserId { get; init; }

    /// <summary>What.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>The campaign it is about; null when it is about a screen.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The screen it is about; null when it is about a campaign.</summary>
    public Guid? ScreenId { get; init; }

    /// <summary>Name of the campaign or the film, of then.</summary>
    public required string Subject { get; init; }

    /// <summary>A reason, the beginning of a comment, or the film's name; null when there is no more to say.</summary>
    public string? Detail { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the person saw it; null before.</summary>
    public DateTimeOffset? ReadAt { get; set; }

    /// <summary>When it is to be mailed; null when it is not to be, or was.</summary>
    public DateTimeOffset? MailDueAt { get; set; }

    /// <summary>When it was handed to the mailbox; null before, and where it is not mailed.</summary>
    public DateTimeOffset? MailedAt { get; set; }

    /// <summary>Where a person reads more of it.</summary>
    public string Page => Kind switch
    {
        NotificationKind.CampaignSubmitted or NotificationKind.SecondNeeded or NotificationKind.VersionProposed => $"admin/approvals?campaign={CampaignId}",
        NotificationKind.ScreenSilent => "admin/screens",
        _ => $"campaigns/{CampaignId}",
    };
}

/// <summary>Whether a person wants a kind of notification as mail; a kind without one is as <see cref="NotificationMails.AtFirst"/> says.</summary>
public sealed class MailSwitch
{
    /// <summary>The person.</summary>
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
