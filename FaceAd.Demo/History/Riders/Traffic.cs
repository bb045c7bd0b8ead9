using FaceAd.Core;

namespace FaceAd.Demo.History.Riders;

/// <summary>Who rides in one building, and when.</summary>
/// <param name="building">The building.</param>
/// <param name="faces">Makes passengers.</param>
/// <param name="chance">Chance.</param>
sealed class Traffic(Building building, Faces faces, Chance chance)
{
    const double Party = 1.62; // passengers of a ride, on average
    const int Remembered = 80; // visitors who may come again

    static readonly double[] Parties = [58, 26, 11, 5];
    readonly Dictionary<Circle, List<Passenger>> _people = building.Circles.ToDictionary(
        c => c, c => Enumerable.Range(0, c.Crowd == Crowd.Visitor ? 0 : c.Members).Select(_ => faces.Make(c.Mix)).ToList());

    /// <summary>The rides of a day, in the order in which they began.</summary>
    /// <param name="calendar">The building's days.</param>
    /// <param name="day">The day.</param>
    /// <param name="share">Share of the usual number of rides.</param>
    public IReadOnlyList<Ride> On(SiteCalendar calendar, DateOnly day, double share)
    {
        var rhythms = building.Circles.Select(c => Rhythm.Of(c.Crowd, day)).ToList();
        var start = calendar.StartOf(day);
        List<Ride> rides = [];
        for (var hour = 0; hour < 24; hour++)
        {
            double[] riders = [.. building.Circles.Select((c, i) => c.Members * c.Rides * rhythms[i][hour])];
            for (var left = chance.Poisson(share * riders.Sum() / Party); left > 0; left--)
                rides.Add(RideAt(start.AddSeconds((hour * 3600) + chance.Between(0, 3600)), riders));
        }
        rides.Sort((a, b) => a.OpenedAt.CompareTo(b.OpenedAt));
        return rides;
    }

    Ride RideAt(DateTimeOffset at, double[] riders)
    {
        at = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        var seconds = Math.Min(70, 10 + chance.Exponential(12));
        HashSet<Passenger> party = [];
        for (var size = chance.Of(Parties) + 1; size > 0; size--) party.Add(Pick(building.Circles[chance.Of(riders)]));
        List<Sight> sights = [];
        foreach (var who in party)
        {
            // One rides from the first moment to the last; others get in or out on the way.
            var whole = sights.Count == 0;
            var from = whole ? 0 : chance.Is(0.7) ? chance.Between(0, 1.5) : seconds * chance.Between(0.15, 0.5);
            var to = whole || chance.Is(0.75) ? seconds : Math.Max(from + 3, seconds * chance.Between(0.55, 0.95));
            var estimate = faces.Estimate(who);
            sights.Add(new Sight(
                chance.Id(at), sights.Count + 1, who, At(from), At(to), Math.Clamp(who.Interest * chance.Between(0.5, 1.4), 0, 1), estimate,
                estimate is null ? [] : [faces.ViewOf(who)], chance.Between(0.01, 0.06)));
        }
        return new Ride(chance.Id(at), chance.Below(building.Screens.Count), at, sights.Max(s => s.To), sights);

        DateTimeOffset At(double second) => at.AddMilliseconds(Math.Round(second * 1000));
    }

    // Some ride often, others rarely.
    Passenger Pick(Circle circle)
    {
        var people = _people[circle];
        if (circle.Crowd != Crowd.Visitor) return people[chance.Below(people.Count, 1.7)];
        if (people.Count > 10 && chance.Is(0.45)) return people[^(1 + chance.Below(people.Count, 1.5))];
        var made = faces.Make(circle.Mix);
        people.Add(made);
        if (people.Count > Remembered) people.RemoveAt(0);
        return made;
    }
}
