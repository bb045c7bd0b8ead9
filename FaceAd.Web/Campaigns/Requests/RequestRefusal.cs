using FaceAd.Web.Campaigns.Booking;

namespace FaceAd.Web.Campaigns.Requests;

/// <summary>Why something about a change request was not done.</summary>
enum RequestRefusal
{
    /// <summary>There is no such campaign or request that the user may change.</summary>
    Gone = 0,

    /// <summary>Only its advertiser asks; the media owner changes the campaign itself.</summary>
    NotAdvertiser = 1,

    /// <summary>The campaign is not booked: its advertiser changes it directly, or it is under review.</summary>
    NotBooked = 2,

    /// <summary>The campaign has ended.</summary>
    Over = 3,

    /// <summary>Nothing would change.</summary>
    Same = 4,

    /// <summary>Another request is open: it is replaced only by name.</summary>
    AnotherOpen = 5,

    /// <summary>The campaign was changed since it was read.</summary>
    ChangedMeanwhile = 6,

    /// <summary>The request is not open any more.</summary>
    NotOpen = 7,

    /// <summary>The request does not fit the campaign any more, see <see cref="RequestMisfit"/>.</summary>
    Misfit = 8,

    /// <summary>Its terms have problems.</summary>
    Terms = 9,
}

/// <summary>Why an open request cannot be accepted.</summary>
public enum RequestMisfit
{
    /// <summary>The campaign has ended.</summary>
    Ended = 0,

    /// <summary>The campaign's terms are not those that it was asked for.</summary>
    Edited = 1,

    /// <summary>More has accrued than the new budget.</summary>
    BudgetSpent = 2,

    /// <summary>It asks for other days in the past.</summary>
    DaysPassed = 3,

    /// <summary>A new creative awaits its own approval.</summary>
    CreativeWaiting = 4,

    /// <summary>A creative was rejected or removed.</summary>
    CreativeRefused = 5,

    /// <summary>Something else that it asks for is not possible any more, such as a building.</summary>
    Terms = 6,

    /// <summary>It asks for other targets, and the campaign has started.</summary>
    TargetsFixed = 7,
}

/// <summary>Result of sending or deciding a change request.</summary>
/// <param name="Request">The request; null when there is none.</param>
/// <param name="Refusal">Why nothing was done; null when it was.</param>
readonly record struct RequestOutcome(ChangeRequest? Request, RequestRefusal? Refusal)
{
    /// <summary>Problems with its terms, for <see cref="RequestRefusal.Terms"/>.</summary>
    public IReadOnlyList<CampaignProblem> Problems { get; init; } = [];

    /// <summary>Why it does not fit, for <see cref="RequestRefusal.Misfit"/>.</summary>
    public IReadOnlyList<RequestMisfit> Misfits { get; init; } = [];
}
