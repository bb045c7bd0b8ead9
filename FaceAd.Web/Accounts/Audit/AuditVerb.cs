namespace FaceAd.Web.Accounts.Audit;

/// <summary>What was done. The values are stored in the database: never reuse one.</summary>
public enum AuditVerb
{
    /// <summary>Signed in.</summary>
    [About(AuditGroup.Access)] SignedIn = 0,

    /// <summary>A sign-in failed.</summary>
    [About(AuditGroup.Access)] SignInFailed = 1,

    /// <summary>Signed out.</summary>
    [About(AuditGroup.Access)] SignedOut = 2,

    /// <summary>An account was locked after too many wrong passwords.</summary>
    [About(AuditGroup.Access)] LockedOut = 3,

    /// <summary>Created a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignCreated = 10,

    /// <summary>Changed a campaign's terms.</summary>
    [About(AuditGroup.Campaigns)] CampaignChanged = 11,

    /// <summary>Submitted a campaign for approval.</summary>
    [About(AuditGroup.Campaigns)] CampaignSubmitted = 12,

    /// <summary>Withdrew a submitted campaign to edit it.</summary>
    [About(AuditGroup.Campaigns)] CampaignRevised = 13,

    /// <summary>Approved a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignApproved = 14,

    /// <summary>Rejected a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignRejected = 15,

    /// <summary>Paused a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignPaused = 16,

    /// <summary>Resumed a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignResumed = 17,

    /// <summary>Deleted a campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignDeleted = 18,

    /// <summary>Restored a deleted campaign.</summary>
    [About(AuditGroup.Campaigns)] CampaignRestored = 19,

    /// <summary>Uploaded a creative.</summary>
    [About(AuditGroup.Campaigns)] CreativeUploaded = 20,

    /// <summary>Removed a creative.</summary>
    [About(AuditGroup.Campaigns)] CreativeRemoved = 21,

    /// <summary>Restored a creative to the house loop.</summary>
    [About(AuditGroup.Campaigns)] CreativeRestored = 22,

    /// <summary>Asked for other terms of a booked campaign.</summary>
    [About(AuditGroup.Campaigns)] ChangeRequested = 23,

    /// <summary>Withdrew a change request.</summary>
    [About(AuditGroup.Campaigns)] ChangeWithdrawn = 24,

    /// <summary>Accepted a change request: the campaign has its terms.</summary>
    [About(AuditGroup.Campaigns)] ChangeAccepted = 25,

    /// <summary>Declined a change request.</summary>
    [About(AuditGroup.Campaigns)] ChangeDeclined = 26,

    /// <summary>Settled a campaign after its end: what was booked and delivered, and what is credited.</summary>
    [About(AuditGroup.Campaigns)] CampaignSettled = 27,

    /// <summary>Added a flight to a campaign at no cost, to make good for a missed goal.</summary>
    [About(AuditGroup.Campaigns)] CampaignMadeGood = 28,

    /// <summary>Took such a flight back before it began.</summary>
    [About(AuditGroup.Campaigns)] MakeGoodUndone = 29,

    /// <summary>Created a site.</summary>
    [About(AuditGroup.Screens)] SiteRegistered = 30,

    /// <summary>Created a screen.</summary>
    [About(AuditGroup.Screens)] ScreenRegistered = 31,

    /// <summary>Issued a new token for a screen.</summary>
    [About(AuditGroup.Screens)] TokenRenewed = 32,

    /// <summary>Revoked a screen's token.</summary>
    [About(AuditGroup.Screens)] TokenRevoked = 33,

    /// <summary>Changed where a screen's frames are analysed.</summary>
    [About(AuditGroup.Screens)] ModeChanged = 34,

    /// <summary>Changed a site's name, address or time zone.</summary>
    [About(AuditGroup.Screens)] SiteChanged = 35,

    /// <summary>Renamed a screen.</summary>
    [About(AuditGroup.Screens)] ScreenRenamed = 36,

    /// <summary>A screen's player signs its plays with another key than before.</summary>
    [About(AuditGroup.Screens)] ScreenKeyChanged = 37,

    /// <summary>Had a site handed over to another node, by the command line.</summary>
    [About(AuditGroup.Screens)] SiteHandedOver = 38,

    /// <summary>Had a node hand over all its sites, by the command line.</summary>
    [About(AuditGroup.Screens)] NodeDrained = 39,

    /// <summary>Switched measurement on at a site.</summary>
    [About(AuditGroup.Privacy)] MeasurementOn = 40,

    /// <summary>Switched measurement off at a site.</summary>
    [About(AuditGroup.Privacy)] MeasurementOff = 41,

    /// <summary>Recorded a site's consent.</summary>
    [About(AuditGroup.Privacy)] ConsentRecorded = 42,

    /// <summary>Withdrew a site's consent.</summary>
    [About(AuditGroup.Privacy)] ConsentWithdrawn = 43,

    /// <summary>Changed the notice on a site's screens.</summary>
    [About(AuditGroup.Privacy)] NoticeChanged = 44,

    /// <summary>Requested the erasure of everyone recognised at a site.</summary>
    [About(AuditGroup.Privacy)] ErasureAsked = 45,

    /// <summary>Created a site group.</summary>
    [About(AuditGroup.Screens)] GroupCreated = 46,

    /// <summary>Changed a site group.</summary>
    [About(AuditGroup.Screens)] GroupChanged = 47,

    /// <summary>Deleted a site group.</summary>
    [About(AuditGroup.Screens)] GroupDeleted = 48,

    /// <summary>Viewed the privacy page.</summary>
    [About(AuditGroup.Views)] PrivacyViewed = 50,

    /// <summary>Viewed this log.</summary>
    [About(AuditGroup.Views)] AuditViewed = 51,

    /// <summary>Viewed the exact figures of another organisation's campaign.</summary>
    [About(AuditGroup.Views)] FiguresViewed = 52,

    /// <summary>Created a link to a report.</summary>
    [About(AuditGroup.Campaigns)] ReportLinkMade = 80,

    /// <summary>Revoked a link to a report.</summary>
    [About(AuditGroup.Campaigns)] ReportLinkEnded = 81,

    /// <summary>Set to whom reports are mailed.</summary>
    [About(AuditGroup.Campaigns)] ReportMailSet = 82,

    /// <summary>Stopped mailing reports to someone.</summary>
    [About(AuditGroup.Campaigns)] ReportMailEnded = 83,

    /// <summary>Signed up: an organisation and its first owner.</summary>
    [About(AuditGroup.Accounts)] SignedUp = 100,

    /// <summary>Set a new password through a mailed link.</summary>
    [About(AuditGroup.Accounts)] PasswordReset = 101,

    /// <summary>Changed their password.</summary>
    [About(AuditGroup.Accounts)] PasswordChanged = 102,

    /// <summary>Changed their address.</summary>
    [About(AuditGroup.Accounts)] EmailChanged = 103,

    /// <summary>Changed their name or language.</summary>
    [About(AuditGroup.Accounts)] ProfileChanged = 104,

    /// <summary>Set up two-factor sign-in.</summary>
    [About(AuditGroup.Accounts)] TwoFactorOn = 105,

    /// <summary>Switched two-factor sign-in off.</summary>
    [About(AuditGroup.Accounts)] TwoFactorOff = 106,

    /// <summary>Generated new recovery codes.</summary>
    [About(AuditGroup.Accounts)] RecoveryCodesMade = 107,

    /// <summary>Signed in with a recovery code.</summary>
    [About(AuditGroup.Accounts)] RecoveryCodeUsed = 108,

    /// <summary>Ended all of their sessions.</summary>
    [About(AuditGroup.Accounts)] SignedOutEverywhere = 109,

    /// <summary>Was signed out after inactivity.</summary>
    [About(AuditGroup.Accounts)] SignedOutIdle = 110,

    /// <summary>Ended another of their own sessions.</summary>
    [About(AuditGroup.Accounts)] SessionEnded = 111,

    /// <summary>Ended all of their sessions except the current one.</summary>
    [About(AuditGroup.Accounts)] SignedOutElsewhere = 112,

    /// <summary>Invited a person.</summary>
    [About(AuditGroup.Accounts)] MemberInvited = 120,

    /// <summary>Cancelled an invitation.</summary>
    [About(AuditGroup.Accounts)] InvitationRevoked = 121,

    /// <summary>Accepted an invitation.</summary>
    [About(AuditGroup.Accounts)] MemberJoined = 122,

    /// <summary>Changed a member's role.</summary>
    [About(AuditGroup.Accounts)] RoleChanged = 123,

    /// <summary>Removed a member's account.</summary>
    [About(AuditGroup.Accounts)] MemberRemoved = 124,

    /// <summary>Changed the organisation's name.</summary>
    [About(AuditGroup.Accounts)] OrganisationRenamed = 125,

    /// <summary>Required two-factor sign-in of the organisation's members, or stopped requiring it.</summary>
    [About(AuditGroup.Accounts)] TwoFactorRule = 126,

    /// <summary>Created an API token.</summary>
    [About(AuditGroup.Accounts)] ApiTokenMade = 130,

    /// <summary>Revoked an API token.</summary>
    [About(AuditGroup.Accounts)] ApiTokenRevoked = 131,

    /// <summary>Created a webhook.</summary>
    [About(AuditGroup.Accounts)] WebhookMade = 150,

    /// <summary>Deleted a webhook.</summary>
    [About(AuditGroup.Accounts)] WebhookDeleted = 151,

    /// <summary>Paused a webhook.</summary>
    [About(AuditGroup.Accounts)] WebhookPaused = 152,

    /// <summary>Resumed a webhook.</summary>
    [About(AuditGroup.Accounts)] WebhookResumed = 153,

    /// <summary>Rotated a webhook's secret.</summary>
    [About(AuditGroup.Accounts)] WebhookRotated = 154,

    /// <summary>Viewed the development mailbox.</summary>
    [About(AuditGroup.Views)] MailboxViewed = 140,

    /// <summary>Removed the data of the demonstration.</summary>
    [About(AuditGroup.Accounts)] SampleDataRemoved = 160,

    /// <summary>Started an experiment with the creatives of a campaign.</summary>
    [About(AuditGroup.Campaigns)] ExperimentStarted = 170,

    /// <summary>Stopped an experiment; the system does so when there is a result.</summary>
    [About(AuditGroup.Campaigns)] ExperimentStopped = 171,
}
