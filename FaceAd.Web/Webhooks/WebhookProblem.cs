namespace FaceAd.Web.Webhooks;

/// <summary>Why a webhook operation was refused.</summary>
enum WebhookProblem
{
    /// <summary>The user may not do this.</summary>
    Denied = 0,

    /// <summary>The address is not an https address of at most 500 characters.</summary>
    Url = 1,

    /// <summary>It subscribes to no event, or to one not available to its organisation.</summary>
    Events = 2,

    /// <summary>The organisation already has the maximum number.</summary>
    TooMany = 3,

    /// <summary>There is no such webhook or delivery.</summary>
    Gone = 4,

    /// <summary>It is paused.</summary>
    Paused = 5,

    /// <summary>A delivery is already in progress.</summary>
    Underway = 6,
}
