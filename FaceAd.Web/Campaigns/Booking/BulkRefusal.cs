namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Why a change skips a campaign.</summary>
enum BulkRefusal
{
    /// <summary>No such campaign that the user may change.</summary>
    Gone = 0,

    /// <summary>Neither running nor scheduled, so there is nothing to pause.</summary>
    NotRunning = 1,

    /// <summary>It is not paused.</summary>
    NotPaused = 2,

    /// <summary>It is under review.</summary>
    InReview = 3,

    /// <summary>It is approved: only the media owner may change its terms now.</summary>
    Booked = 4,

    /// <summary>Its last day has passed.</summary>
    Over = 5,

    /// <summary>The new last day is before its first, before today, or makes it too long.</summary>
    BadDay = 6,

    /// <summary>The new budget is out of range.</summary>
    BudgetOutOfRange = 7,

    /// <summary>More than the new budget has been spent.</summary>
    BudgetSpent = 8,

    /// <summary>A site does not exist.</summary>
    SiteUnknown = 9,

    /// <summary>Nothing would change.</summary>
    Same = 10,

    /// <summary>It was changed since the preview.</summary>
    ChangedMeanwhile = 11,
}
