
namespace FaceAd.Web.Creatives.Uploads;

/// <summary>State of an upload. The values are stored in the database.</summary>
enum UploadState
{
    /// <summary>Receiving bytes, or waiting for more.</summary>
    Receiving = 0,

    /// <summary>Complete; waiting for a worker.</summary>
    Queued = 1,

    /// <summary>A worker is checking and re-encoding it.</summary>
    Working = 2,

    /// <summary>It became a creative.</summary>
    Done = 3,

    /// <summary>It failed; see <see cref="CreativeUpload.Failure"/>.</summary>
    Failed = 4,

    /// <summary>It was cancelled.</summary>
    Cancelled = 5,

    /// <summary>It was not continued in time.</summary>
    Expired = 6,
}

/// <summary>One upload, from its first byte to the resulting creative. The same row serves as the queue entry.</summary>
sealed class CreativeUpload
{
    /// <summary>Identity; also the name of the partial file.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The owning organisation.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>The campaign it is for; null for the house loop.</summary>
    public required Guid? CampaignId { get; init; }

    /// <summary>The version it is to replace; null for an additional creative.</summary>
    public Guid? ReplacesId { get; init; }

    /// <summary>The uploading user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The user's sign-in name, for the audit log.</summary>
    public string? UserName { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Total length in bytes.</summary>
    public required long Bytes { get; set; }

    /// <summary>Duration of the loop that a still image becomes, in seconds.</summary>
    public required double StillSeconds { get; init; }

    public UploadState State { get; set; }

    /// <summary>Progress of the worker, 0..100.</summary>
    public int Percent { get; set; }

    /// <summary>Why it failed; null otherwise.</summary>
    public CreativeRefusal? Failure { get; set; }

    /// <summary>The resulting creative; null before.</summary>
    public Guid? CreativeId { get; set; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last made progress.</summary>
    public required DateTimeOffset TouchedAt { get; set; }

    /// <summary>How many times a worker has started on it.</summary>
    public int Attempts { get; set; }

    /// <summary>The worker's lease token, needed to finish the upload. Null when no worker has it.</summary>
    public Guid? Lease { get; set; }

    /// <summary>When the lease expires unless renewed.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Whether it may be retried from the received bytes.</summary>
    public bool MayRetry => State == UploadState.Failed && Failure?.MayRetry() == true;

    /// <summary>Whether it is still in progress.</summary>
    public bool IsOpen => State is UploadState.Receiving or UploadState.Queued or UploadState.Working;
}
