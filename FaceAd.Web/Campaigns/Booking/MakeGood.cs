namespace FaceAd.Web.Campaigns.Booking;

/// <summary>A flight that was added at no cost, because a goal was missed.</summary>
/// <param name="At">When it was added.</param>
/// <param name="StartsOn">Its first day.</param>
/// <param name="EndsOn">Its last day.</param>
/// <param name="EndedOn">The campaign's last day without it.</param>
/// <param name="SettledKrw">The credit that was settled for that end, whole KRW; null when none was, yet or at all.</param>
public readonly record struct MakeGood(
    DateTimeOffset At, DateOnly StartsOn, DateOnly EndsOn, DateOnly EndedOn, long? SettledKrw);
