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
    CreativeUploaded = 20,

    /// <summary>Removed a creative.</summary>
    CreativeRemoved = 21,

    /// <summary>Restored a creative to the house loop.</summary>
    CreativeRestored = 22,

    /// <summary>Asked for other terms of a booked campaign.</summary>
    ChangeRequested = 23,

    /// <summary>Withdrew a change request.</summary>
    ChangeWithdrawn = 24,

    /// <summary>Accepted a change request: the campaign has its terms.</summary>
    ChangeAccepted = 25,

    /// <summary>Declined a change request.</summary>
    ChangeDeclined = 26,

    /// <summary>Settled a campaign after its end: what was booked and delivered, and what is credited.</summary>
    CampaignSettled = 27,

    /// <summary>Added a flight to a campaign at no cost, to make good for a missed goal.</summary>
    CampaignMadeGood = 28,

    /// <summary>Took such a flight back before it began.</summary>
    MakeGoodUndone = 29,

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

    /// <summary>A screen's player signs its plays with another key than before.</summary>
    ScreenKeyChanged = 37,

    /// <summary>Had a site handed over to another node, by the command line.</summary>
    SiteHandedOver = 38,

    /// <summary>Had a node hand over all its sites, by the command line.</summary>
    NodeDrained = 39,

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

    /// <summary>Set to whom reports are mailed.</summary>
    ReportMailSet = 82,

    /// <summary>Stopped mailing reports to someone.</summary>
    ReportMailEnded = 83,

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

    /// <summary>Removed the data of the demonstration.</summary>
    SampleDataRemoved = 160,

    /// <summary>Started an experiment with the creatives of a campaign.</summary>
    ExperimentStarted = 170,

    /// <summary>Stopped an experiment; the system does so when there is a result.</summary>
    ExperimentStopped = 171,
}
