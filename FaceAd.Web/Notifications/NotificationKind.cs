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

    /// <summary>To the media owner: a screen's player signs its plays with another key than before.</summary>
    ScreenKeyChanged = 14,

    /// <summary>To the advertiser: an experiment has stopped with a winner, the detail.</summary>
    ExperimentWon = 15,

    /// <summary>To the advertiser: an experiment has stopped without a winner; the detail is why, an <c>ExperimentEnd</c>.</summary>
    ExperimentStopped = 16,

    /// <summary>To the media owner: a video, the detail, fails on a screen and is left out there.</summary>
    CreativeFails = 17,

    /// <summary>To the media owner: an advertiser asks for other terms of a booked campaign.</summary>
    ChangeRequested = 30,

    /// <summary>To the media owner: the advertiser withdrew the request.</summary>
    ChangeWithdrawn = 31,

    /// <summary>To the advertiser: the request was accepted.</summary>
    ChangeAccepted = 32,

    /// <summary>To the advertiser: the request was declined.</summary>
    ChangeDeclined = 33,

    /// <summary>To the advertiser: a new creative was approved, and plays when the request that it belongs to is accepted.</summary>
    CreativeHeld = 34,

    /// <summary>To the advertiser: the campaign has got another flight at no cost, for a goal that was missed.</summary>
    CampaignMadeGood = 35,

    /// <summary>To the advertiser: that flight was taken back before it began.</summary>
    MakeGoodUndone = 36,
}
