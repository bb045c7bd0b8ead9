namespace FaceAd.Web.Notifications;

/// <summary>Kinds of notification. The values are stored in the database: never reuse one.</summary>
enum NotificationKind
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
    CreativeReady = 8,

    /// <summary>To the uploader: the upload was refused.</summary>
    CreativeFailed = 9,

    /// <summary>To the advertiser: the campaign's last day has passed.</summary>
    CampaignEnded = 10,

    /// <summary>To the advertiser: the campaign's budget is spent.</summary>
    BudgetSpent = 11,

    /// <summary>To the media owner: a screen has sent no heartbeat for two minutes.</summary>
    ScreenSilent = 12,

    /// <summary>To the media owner: many plays of a screen were disputed today.</summary>
    PlaysDisputed = 13,
}
