using FaceAd.Web.Campaigns;

namespace FaceAd.Demo.History.Bookings;

/// <summary>A step of a campaign.</summary>
/// <param name="Day">The day, counted from today; before today.</param>
/// <param name="Hour">The hour of that day.</param>
/// <param name="Action">The step.</param>
/// <param name="Reason">Why, for a rejection.</param>
sealed record PlannedStep(int Day, int Hour, CampaignAction Action, string? Reason = null);
