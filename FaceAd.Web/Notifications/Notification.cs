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

    /// <summary>The campaign it is about.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>Name of the campaign or the film, of then.</summary>
    public required string Subject { get; init; }

    /// <summary>A reason, the beginning of a comment, or the film's name; null when there is no more to say.</summary>
    public string? Detail { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the person saw it; null before.</summary>
    public DateTimeOffset? ReadAt { get; set; }
}

sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("Notifications");
        builder.Property(n => n.Subject).HasMaxLength(160);
        builder.Property(n => n.Detail).HasMaxLength(300);
        builder.HasIndex(n => new { n.UserId, n.CreatedAt, n.Id });
        builder.HasIndex(n => n.UserId).HasFilter("read_at IS NULL").HasDatabaseName("ix_notifications_unread");
        builder.HasIndex(n => n.CreatedAt);
        builder.HasOne<User>().WithMany().HasForeignKey(n => n.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
