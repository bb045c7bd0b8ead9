using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>What somebody did. The numbers are in the database: never use one again.</summary>
public enum AuditVerb
{
    /// <summary>Came in.</summary>
    SignedIn = 0,

    /// <summary>Was not let in.</summary>
    SignInFailed = 1,

    /// <summary>Left.</summary>
    SignedOut = 2,

    /// <summary>An account was locked after too many wrong passwords.</summary>
    LockedOut = 3,

    /// <summary>Registered a campaign.</summary>
    CampaignCreated = 10,

    /// <summary>Changed its terms.</summary>
    CampaignChanged = 11,

    /// <summary>Handed it in.</summary>
    CampaignSubmitted = 12,

    /// <summary>Took it back to change it.</summary>
    CampaignRevised = 13,

    /// <summary>Let it run.</summary>
    CampaignApproved = 14,

    /// <summary>Sent it back.</summary>
    CampaignRejected = 15,

    /// <summary>Held it.</summary>
    CampaignPaused = 16,

    /// <summary>Let it go on.</summary>
    CampaignResumed = 17,

    /// <summary>Deleted it.</summary>
    CampaignDeleted = 18,

    /// <summary>Took a campaign's deletion back.</summary>
    CampaignRestored = 19,

    /// <summary>Uploaded a film.</summary>
    FilmUploaded = 20,

    /// <summary>Took a film out.</summary>
    FilmRemoved = 21,

    /// <summary>Put a film back into the house loop.</summary>
    FilmRestored = 22,

    /// <summary>Registered a building.</summary>
    SiteRegistered = 30,

    /// <summary>Registered a screen.</summary>
    ScreenRegistered = 31,

    /// <summary>Replaced a screen's token.</summary>
    TokenRenewed = 32,

    /// <summary>Made a screen's token void.</summary>
    TokenRevoked = 33,

    /// <summary>Said where a screen's frames are analysed.</summary>
    ModeChanged = 34,

    /// <summary>Changed a building's name, address or time zone.</summary>
    SiteChanged = 35,

    /// <summary>Gave a screen another name.</summary>
    ScreenRenamed = 36,

    /// <summary>Switched a building's cameras on.</summary>
    MeasurementOn = 40,

    /// <summary>Switched them off.</summary>
    MeasurementOff = 41,

    /// <summary>Recorded a building's consent.</summary>
    ConsentRecorded = 42,

    /// <summary>Withdrew it.</summary>
    ConsentWithdrawn = 43,

    /// <summary>Changed the notice that its screens show.</summary>
    NoticeChanged = 44,

    /// <summary>Had everybody who was recognised at a building deleted.</summary>
    ErasureAsked = 45,

    /// <summary>Made a group of buildings.</summary>
    GroupCreated = 46,

    /// <summary>Changed it.</summary>
    GroupChanged = 47,

    /// <summary>Deleted it.</summary>
    GroupDeleted = 48,

    /// <summary>Looked at the privacy page.</summary>
    PrivacyViewed = 50,

    /// <summary>Looked at this log.</summary>
    AuditViewed = 51,

    /// <summary>Looked at the exact figures of a campaign that is not theirs.</summary>
    FiguresViewed = 52,

    /// <summary>Made a link to a report.</summary>
    ReportLinkMade = 80,

    /// <summary>Ended one.</summary>
    ReportLinkEnded = 81,

    /// <summary>Signed up: an organisation and its first owner.</summary>
    SignedUp = 100,

    /// <summary>Set a new password by a link from a mail.</summary>
    PasswordReset = 101,

    /// <summary>Changed their password.</summary>
    PasswordChanged = 102,

    /// <summary>Changed their address.</summary>
    EmailChanged = 103,

    /// <summary>Changed their name or language.</summary>
    ProfileChanged = 104,

    /// <summary>Set up two-factor sign-in.</summary>
    TwoFactorOn = 105,

    /// <summary>Switched it off.</summary>
    TwoFactorOff = 106,

    /// <summary>Made new recovery codes.</summary>
    RecoveryCodesMade = 107,

    /// <summary>Came in by a recovery code.</summary>
    RecoveryCodeUsed = 108,

    /// <summary>Ended all of their sessions.</summary>
    SignedOutEverywhere = 109,

    /// <summary>Was signed out because nothing was done for a while.</summary>
    SignedOutIdle = 110,

    /// <summary>Ended one of their sessions from another one.</summary>
    SessionEnded = 111,

    /// <summary>Ended all of their sessions but the one that they were at.</summary>
    SignedOutElsewhere = 112,

    /// <summary>Invited somebody.</summary>
    MemberInvited = 120,

    /// <summary>Took an invitation back.</summary>
    InvitationRevoked = 121,

    /// <summary>Accepted an invitation.</summary>
    MemberJoined = 122,

    /// <summary>Changed somebody's role.</summary>
    RoleChanged = 123,

    /// <summary>Removed somebody's account.</summary>
    MemberRemoved = 124,

    /// <summary>Changed the organisation's name.</summary>
    OrganisationRenamed = 125,

    /// <summary>Asked two-factor sign-in of the organisation's people, or no longer.</summary>
    TwoFactorRule = 126,

    /// <summary>Made an API token.</summary>
    ApiTokenMade = 130,

    /// <summary>Made an API token void.</summary>
    ApiTokenRevoked = 131,

    /// <summary>Made a webhook.</summary>
    WebhookMade = 150,

    /// <summary>Deleted a webhook.</summary>
    WebhookDeleted = 151,

    /// <summary>Stopped sending to a webhook for a while.</summary>
    WebhookPaused = 152,

    /// <summary>Went on sending.</summary>
    WebhookResumed = 153,

    /// <summary>Gave a webhook a new secret.</summary>
    WebhookRotated = 154,

    /// <summary>Looked at the development mailbox.</summary>
    MailboxViewed = 140,
}

/// <summary>What kind of thing an entry is about.</summary>
public enum AuditSubject
{
    /// <summary>An account.</summary>
    Account = 0,

    /// <summary>A campaign.</summary>
    Campaign = 1,

    /// <summary>A building.</summary>
    Site = 2,

    /// <summary>A screen.</summary>
    Screen = 3,

    /// <summary>A page of the dashboard.</summary>
    Page = 4,

    /// <summary>A group of buildings.</summary>
    SiteGroup = 12,

    /// <summary>A film of the house loop.</summary>
    HouseFilm = 13,

    /// <summary>An organisation.</summary>
    Organisation = 10,

    /// <summary>An API token.</summary>
    ApiToken = 11,

    /// <summary>A webhook.</summary>
    Webhook = 40,
}

/// <summary>
/// One line of the audit log. Rows are only ever added: the database refuses to change or delete them, see <see cref="AuditGuard"/>.
/// Names are copied, because an entry outlives what it is about.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>The most characters of <see cref="SubjectName"/>; longer names are cut.</summary>
    public const int MaxName = 160;

    /// <summary>Rises; of two entries of one instant the higher one came later.</summary>
    public long Id { get; init; }

    /// <summary>When (server's clock).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who; null for the system itself, or somebody who did not get in.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Sign-in name of then; null for the system, or somebody unknown.</summary>
    public string? UserName { get; init; }

    /// <summary>The person's organisation of then.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>What they did.</summary>
    public required AuditVerb Verb { get; init; }

    /// <summary>The kind of thing they did it to.</summary>
    public required AuditSubject Subject { get; init; }

    /// <summary>Which one; null where there is no identity, as for pages.</summary>
    public Guid? SubjectId { get; init; }

    /// <summary>Its name of then.</summary>
    public string? SubjectName { get; init; }

    /// <summary>A small JSON object of further words, such as a reason; nothing of viewers. Null when there is no more to say.</summary>
    public string? Details { get; init; }

    /// <summary>Address that the request came from, at most 45 characters; null for the system.</summary>
    public string? Address { get; init; }

    /// <summary>Entries that shall appear once carry the same key; null for all others.</summary>
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
        // Each filter of the page, and who and what together, walk one of these from its end; no foreign keys: entries outlive everything.
        builder.HasIndex(e => new { e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.At, e.Id });
        builder.HasIndex(e => new { e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.UserId, e.Verb, e.At, e.Id });
        builder.HasIndex(e => new { e.SubjectId, e.At, e.Id });
        builder.HasIndex(e => e.OnceKey).IsUnique().HasFilter("once_key IS NOT NULL");
    }
}
