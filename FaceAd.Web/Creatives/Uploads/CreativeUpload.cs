using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Where an upload is on its way to a film. The numbers are in the database.</summary>
public enum UploadState
{
    /// <summary>Its bytes are arriving, or are waited for.</summary>
    Receiving = 0,

    /// <summary>All there; waits for a worker.</summary>
    Queued = 1,

    /// <summary>A worker checks and re-encodes it.</summary>
    Working = 2,

    /// <summary>It became a film.</summary>
    Done = 3,

    /// <summary>It did not; see <see cref="CreativeUpload.Failure"/>.</summary>
    Failed = 4,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled = 5,

    /// <summary>Nobody continued it in time.</summary>
    Expired = 6,
}

/// <summary>One upload, from its first byte to the film that it became. The same row is the queue's.</summary>
public sealed class CreativeUpload
{
    /// <summary>Identity; also names the file of what has arrived.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Whose it is.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>The campaign it is for; null for the house loop.</summary>
    public required Guid? CampaignId { get; init; }

    /// <summary>The version that the film shall replace; null for a further film.</summary>
    public Guid? ReplacesId { get; init; }

    /// <summary>Who sends it.</summary>
    public Guid? UserId { get; init; }

    /// <summary>That person's sign-in name, for the audit log.</summary>
    public string? UserName { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Length of the whole, in bytes.</summary>
    public required long Bytes { get; set; }

    /// <summary>Running time of the loop that a still becomes, in seconds.</summary>
    public required double StillSeconds { get; init; }

    /// <summary>Where it is.</summary>
    public UploadState State { get; set; }

    /// <summary>How much of the worker's task is done, 0..100.</summary>
    public int Percent { get; set; }

    /// <summary>Why it failed; null otherwise.</summary>
    public CreativeRefusal? Failure { get; set; }

    /// <summary>The film it became; null before.</summary>
    public Guid? CreativeId { get; set; }

    /// <summary>When it was announced.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something of it last happened.</summary>
    public required DateTimeOffset TouchedAt { get; set; }

    /// <summary>How often a worker has begun with it.</summary>
    public int Attempts { get; set; }

    /// <summary>The worker's token; whoever does not hold it any more can not finish it. Null when nobody works on it.</summary>
    public Guid? Lease { get; set; }

    /// <summary>Until when the worker may be silent.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Whether it may be tried again from what is here.</summary>
    public bool MayRetry => State == UploadState.Failed && Failure?.MayRetry() == true;

    /// <summary>Whether something will still happen with it.</summary>
    public bool IsOpen => State is UploadState.Receiving or UploadState.Queued or UploadState.Working;
}

sealed class CreativeUploadConfiguration : IEntityTypeConfiguration<CreativeUpload>
{
    public void Configure(EntityTypeBuilder<CreativeUpload> builder)
    {
        builder.ToTable("creative_uploads");
        builder.Property(u => u.Name).HasMaxLength(120);
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
