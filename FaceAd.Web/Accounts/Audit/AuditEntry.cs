using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>What was done. The values are stored in the database: never reuse one.</summary>
public enum AuditVerb
{
    /// <summary>Signed in.</summary>
    SignedIn = 0,

    /// <summary>A sign-in failed.</summary>
    SignInFailed = 1,

    /// <summary>Signed out.</summary>
    SignedOut = 2,

    /// <summary>An account was locked after too many wrong passwords.</summary>
    LockedOut = 3,

    /// <summary>Created a campaign.</summary>
    CampaignCreated = 10,

    /// <summary>Changed a campaign's terms.</summary>
    CampaignChanged = 11,

    /// <summary>Submitted a campaign for approval.</summary>
    CampaignSubmitted = 12,

    /// <summary>Withdrew a submitted campaign to edit it.</summary>
    CampaignRevised = 13,

    /// <summary>Approved a campaign.</summary>
    CampaignApproved = 14,

    /// <summary>Rejected a campaign.</summary>
    CampaignRejected = 15,

    /// <summary>Paused a campaign.</summary>
    CampaignPaused = 16,

    /// <summary>Resumed a campaign.</summary>
    CampaignResumed = 17,

    /// <summary>Deleted a campaign.</summary>
    CampaignDeleted = 18,

    /// <summary>Restored a deleted campaign.</summary>
    CampaignRestored = 19,

    /// <summary>Uploaded a creative.</summary>
    FilmUploaded = 20,

    /// <summary>Removed a creative.</summary>
    FilmRemoved = 21,

    /// <summary>Restored a creative to the house loop.</summary>
    FilmRestored = 22,

    /// <summary>Created a site.</summary>
    SiteRegistered = 30,

    /// <summary>Created a screen.</summary>
    ScreenRegistered = 31,

    /// <summary>Issued a new token for a screen.</summary>
    TokenRenewed = 32,

    /// <summary>Revoked a screen's token.</summary>
    TokenRevoked = 33,

    /// <summary>Changed where a screen's frames are analysed.</summary>
    ModeChanged = 34,

    /// <summary>Changed a site's name, address or time zone.</summary>
    SiteChanged = 35,

    /// <summary>Renamed a screen.</summary>
    ScreenRenamed = 36,

    /// <summary>Switched measurement on at a site.</summary>
    MeasurementOn = 40,

    /// <summary>Switched measurement off at a site.</summary>
    MeasurementOff = 41,

    /// <summary>Recorded a site's consent.</summary>
    ConsentRecorded = 42,

    /// <summary>Withdrew a site's consent.</summary>
    ConsentWithdrawn = 43,

    /// <summary>Changed the notice on a site's screens.</summary>
    NoticeChanged = 44,

    /// <summary>Requested the erasure of everyone recognised at a site.</summary>
    ErasureAsked = 45,

    /// <summary>Created a site group.</summary>
    GroupCreated = 46,

    /// <summary>Changed a site group.</summary>
    GroupChanged = 47,

    /// <summary>Deleted a site group.</summary>
    GroupDeleted = 48,

    /// <summary>Viewed the privacy page.</summary>
    PrivacyViewed = 50,

    /// <summary>Viewed this log.</summary>
    AuditViewed = 51,

    /// <summary>Viewed the exact figures of another organisation's campaign.</summary>
    FiguresViewed = 52,

    /// <summary>Created a link to a report.</summary>
    ReportLinkMade = 80,

    /// <summary>Revoked a link to a report.</summary>
    ReportLinkEnded = 81,

    /// <summary>Signed up: an organisation and its first owner.</summary>
    SignedUp = 100,

    /// <summary>Set a new password through a mailed link.</summary>
    PasswordReset = 101,

    /// <summary>Changed their password.</summary>
    PasswordChanged = 102,

    /// <summary>Changed their address.</summary>
    EmailChanged = 103,

    /// <summary>Changed their name or language.</summary>
    ProfileChanged = 104,

    /// <summary>Set up two-factor sign-in.</summary>
    TwoFactorOn = 105,

    /// <summary>Switched two-factor sign-in off.</summary>
    TwoFactorOff = 106,

    /// <summary>Generated new recovery codes.</summary>
    RecoveryCodesMade = 107,

    /// <summary>Signed in with a recovery code.</summary>
    RecoveryCodeUsed = 108,

    /// <summary>Ended all of their sessions.</summary>
    SignedOutEverywhere = 109,

    /// <summary>Was signed out after inactivity.</summary>
    SignedOutIdle = 110,

    /// <summary>Ended another of their own sessions.</summary>
    SessionEnded = 111,

    /// <summary>Ended all of their sessions except the current one.</summary>
    SignedOutElsewhere = 112,

    /// <summary>Invited a person.</summary>
    MemberInvited = 120,

    /// <summary>Cancelled an invitation.</summary>
    InvitationRevoked = 121,

    /// <summary>Accepted an invitation.</summary>
    MemberJoined = 122,

    /// <summary>Changed a member's role.</summary>
    RoleChanged = 123,

    /// <summary>Removed a member's account.</summary>
    MemberRemoved = 124,

    /// <summary>Changed the organisation's name.</summary>
    OrganisationRenamed = 125,

    /// <summary>Required two-factor sign-in of the organisation's members, or stopped requiring it.</summary>
    TwoFactorRule = 126,

    /// <summary>Created an API token.</summary>
    ApiTokenMade = 130,

    /// <summary>Revoked an API token.</summary>
    ApiTokenRevoked = 131,

    /// <summary>Created a webhook.</summary>
    WebhookMade = 150,

    /// <summary>Deleted a webhook.</summary>
    WebhookDeleted = 151,

    /// <summary>Paused a webhook.</summary>
    WebhookPaused = 152,

    /// <summary>Resumed a webhook.</summary>
    WebhookResumed = 153,

    /// <summary>Rotated a webhook's secret.</summary>
    WebhookRotated = 154,

    /// <summary>Viewed the development mailbox.</summary>
    MailboxViewed = 140,
}

/// <summary>What kind of thing an entry is about.</summary>
public enum AuditSubject
{
    /// <summary>An account.</summary>
    Account = 0,

    /// <summary>A campaign.</summary>
    Campaign = 1,

    /// <summary>A site.</summary>
    Site = 2,

    /// <summary>A screen.</summary>
    Screen = 3,

    /// <summary>A page of the dashboard.</summary>
    Page = 4,

    /// <summary>A site group.</summary>
    SiteGroup = 12,

    /// <summary>A creative of the house loop.</summary>
    HouseFilm = 13,

    /// <summary>An organisation.</summary>
    Organisation = 10,

    /// <summary>An API token.</summary>
    ApiToken = 11,

    /// <summary>A webhook.</summary>
    Webhook = 40,
}

/// <summary>
/// One entry of the audit log. The log is append-only: the database refuses changes and deletions, see <see cref="AuditGuard"/>. Names are
/// copied, because an entry outlives what it is about.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>The most characters of <see cref="SubjectName"/>; longer names are cut.</summary>
    public const int MaxName = 160;

    /// <summary>Ascending; orders entries of the same instant.</summary>
    public long Id { get; init; }

    /// <summary>When (server's clock).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The user; null for the system or a failed sign-in by an unknown user.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The user's sign-in name at the time; null for the system or an unknown user.</summary>
    public string? UserName { get; init; }

    /// <summary>The user's organisation at the time.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>What was done.</summary>
    public required AuditVerb Verb { get; init; }

    /// <summary>The kind of thing it was done to.</summary>
    public required AuditSubject Subject { get; init; }

    /// <summary>Identity of that thing; null where there is none, as for pages.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>Its name at the time.</summary>
    public string? SubjectName { get; init; }

    /// <summary>Further facts, such as a reason, as a small JSON object; nothing about viewers. Null when there are none.</summary>
    public string? Details { get; init; }

    /// <summary>Client address of the request, at most 45 characters; null for the system.</summary>
    public string? Address { get; init; }

    /// <summary>Of entries with the same key only the first is stored; null for entries without this limit.</summary>
    public string? OnceKey { get; init; }
}

sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(e => e.UserName).HasMaxLength(256);
        builder.Property(e => e.SubjectName).HasMaxLength(AuditEntry.MaxName);
        builder.Property(e => e.Details).HasColumnType("jsonb");
        builder.Property(e => e.Address).HasMaxLength(45);
        builder.Property(e => e.OnceKey).HasMaxLength(160);
        // Each filter of the page, and user and subject combined, scans one of these from its end. No foreign keys: entries outlive what
        // they name.
        builder.HasIndex(e => new { e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.At, e.Id });
        builder.HasIndex(e => new { e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.SubjectId, e.At, e.Id });
        builder.HasIndex(e => e.OnceKey).IsUnique().HasFilter("once_key IS NOT NULL");
    }
}
