using FaceAd.Bench.Delivery;
using FaceAd.Bench.Forecasts;
using FaceAd.Core;
using FaceAd.Core.Decisions;

namespace FaceAd.Bench.Experiments;

/// <summary>A play of the campaign that has an experiment.</summary>
/// <param name="At">When its creative is chosen.</param>
/// <param name="Day">Day, from 0.</param>
/// <param name="Screen">The screen.</param>
/// <param name="Riders">Who is recognised then.</param>
/// <param name="Exposed">Numbers of those of the target who are exposed to it.</param>
sealed record Showing(DateTimeOffset At, int Day, Guid Screen, IReadOnlyList<Rider> Riders, IReadOnlyList<int> Exposed);

/// <summary>One counting period in front of the screens of three buildings, of which the campaign has a part of the plays.</summary>
sealed class ExperimentWorld
{
    const int PlaysPerOwn = 4; // the campaign has one in so many

    static readonly IReadOnlyDictionary<Guid, int> Nothing = new Dictionary<Guid, int>();

    /// <summary>Draws it.</summary>
    /// <param name="seed">Seed of chance.</param>
    public ExperimentWorld(int seed)
    {
        var trace = Trace.Draw(ForecastWorld.Buildings, 0, SiteCalendar.EpochDays, seed);
        Dictionary<int, RecognisedPerson> people = [];
        foreach (var (_, stay) in trace.Stays.OrderBy(s => s.Stay.From))
        {
            if (!Targets.Contains(stay.Counted) || people.ContainsKey(stay.Person)) continue;
            people.Add(
                stay.Person, new RecognisedPerson(SimulatedNetwork.Person(stay.Person), Nothing) { Segment = stay.Counted });
        }
        var chance = new Random(seed);
        Showings =
        [
            .. trace.Slots.Where(_ => chance.Next(PlaysPerOwn) == 0).Select(slot => new Showing(
                slot.At, slot.Day, SimulatedNetwork.Screen(slot.Screen),
                [.. slot.Seats.Where(s => s.InView && s.Known && people.ContainsKey(s.Person))
                    .Select(s => new Rider(SimulatedNetwork.Presence(s, slot), people[s.Person]))],
                [.. slot.Seats.Where(s => s.Exposed && people.ContainsKey(s.Person)).Select(s => s.Person)])),
        ];
        People = trace.Stays.Max(s => s.Stay.Person) + 1;
        Days = trace.Days;
    }

    /// <summary>The campaign's segments.</summary>
    public static IReadOnlyList<Segment> Targets { get; } = [Segment.Men2030, Segment.Women2030, Segment.Men4050, Segment.Women4050];

    /// <summary>The plays in order of time.</summary>
    public IReadOnlyList<Showing> Showings { get; }

    /// <summary>People, numbered from 0; not all of them are of the target.</summary>
    public int People { get; }

    /// <summary>Days.</summary>
    public int Days { get; }
}
