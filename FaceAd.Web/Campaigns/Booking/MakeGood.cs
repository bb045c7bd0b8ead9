using FaceAd.Core.Decisions;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>A flight that was added at no cost, because a goal was missed.</summary>
/// <param name="At">When it was added.</param>
/// <param name="StartsOn">Its first day.</param>
/// <param name="EndsOn">Its last day.</param>
/// <param name="EndedOn">The campaign's last day without it.</param>
/// <param name="SettledKrw">The credit that was settled for that end, whole KRW; null when none was, yet or at all.</param>
public readonly record struct MakeGood(
    DateTimeOffset At, DateOnly StartsOn, DateOnly EndsOn, DateOnly EndedOn, long? SettledKrw)
{
    /// <summary>The flights of a campaign in order, of which those that make good are told apart, even where they touch others.</summary>
    /// <param name="campaign">The campaign.</param>
    public static IEnumerable<(Flight Flight, bool MakesGood)> FlightsOf(Campaign campaign)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        foreach (var flight in campaign.Plan.Flights)
        {
            var from = flight.StartsOn;
            foreach (var made in (campaign.MakeGoods ?? []).OrderBy(m => m.StartsOn))
            {
                if (made.EndsOn < from || made.StartsOn > flight.EndsOn) continue;
                if (made.StartsOn > from) yield return (new Flight(from, made.StartsOn.AddDays(-1)), false);
                var last = made.EndsOn < flight.EndsOn ? made.EndsOn : flight.EndsOn;
                yield return (new Flight(made.StartsOn > from ? made.StartsOn : from, last), true);
                from = last.AddDays(1);
            }
            if (from <= flight.EndsOn) yield return (flight with { StartsOn = from }, false);
        }
    }
}
