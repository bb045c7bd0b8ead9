using FaceAd.Core;
using FaceAd.Demo.History;
using FaceAd.Demo.History.Riders;

namespace FaceAd.Bench.Delivery;

/// <summary>Everything that happens in front of the screens: the same for each policy.</summary>
/// <param name="FirstDay">The first day.</param>
/// <param name="Days">Number of days.</param>
/// <param name="Booked">First day that can be booked; those before it are there to learn from.</param>
/// <param name="Sites">Number of sites.</param>
/// <param name="Screens">Number of screens.</param>
/// <param name="Slots">The slots in order of time.</param>
sealed record Trace(DateOnly FirstDay, int Days, int Booked, int Sites, int Screens, IReadOnlyList<Slot> Slots)
{
    /// <summary>Who was in view, by site, in no order.</summary>
    public IReadOnlyList<(int Site, Stay Stay)> Stays { get; init; } = [];

    /// <summary>The slots that can be booked.</summary>
    public IEnumerable<Slot> Open => Slots.SkipWhile(s => s.Day < Booked);

    /// <summary>Draws a trace from the demonstration's model of traffic.</summary>
    /// <param name="buildings">The buildings.</param>
    /// <param name="learned">Days to learn from.</param>
    /// <param name="booked">Days that can be booked.</param>
    /// <param name="seed">Seed of chance.</param>
    /// <param name="share">Share of the usual number of rides on the days that can be booked.</param>
    public static Trace Draw(IReadOnlyList<Building> buildings, int learned, int booked, int seed, double share = 1)
    {
        const double recognised = 0.9; // of the riders, in time for a choice: assumed
        ArgumentNullException.ThrowIfNull(buildings);
        var (calendar, first, screens) = (SiteCalendar.Default, SiteCalendar.DefaultAnchor, 0);
        List<Slot> slots = [];
        List<(int, Stay)> all = [];
        Dictionary<Passenger, int> numbers = new(ReferenceEqualityComparer.Instance);
        for (var site = 0; site < buildings.Count; site++)
        {
            // Chance of its own, so that another share of traffic changes no other building and no earlier day.
            var chance = new Chance((seed * 1000) + site);
            var traffic = new Traffic(buildings[site], new Faces(chance), chance);
            var stays = buildings[site].Screens.Select(_ => new List<Stay>()).ToArray();
            for (var day = 0; day < learned + booked; day++)
            {
                foreach (var ride in traffic.On(calendar, first.AddDays(day), day < learned ? 1 : share))
                {
                    stays[ride.Screen].AddRange(ride.Sights.Select(s =>
                        new Stay(s.From, s.To, NumberOf(s.Who), chance.Is(recognised), s.Who.Segment, s.Estimate)));
                }
            }
            for (var screen = 0; screen < stays.Length; screen++)
                slots.AddRange(SlotCutter.Cut(stays[screen], site, screens + screen, calendar, first));
            all.AddRange(stays.SelectMany(s => s).Select(s => (site, s)));
            screens += stays.Length;
        }
        slots.Sort((a, b) => (a.At, a.Screen).CompareTo((b.At, b.Screen)));
        return new Trace(first, learned + booked, learned, buildings.Count, screens, [.. slots.Where(s => s.Day < learned + booked)])
        {
            Stays = all,
        };

        int NumberOf(Passenger who)
        {
            if (!numbers.TryGetValue(who, out var number)) numbers.Add(who, number = numbers.Count);
            return number;
        }
    }

    /// <summary>The same trace with a camera that sees nobody for some days.</summary>
    /// <param name="site">The site of the cameras that failed.</param>
    /// <param name="from">First day, among those that can be booked.</param>
    /// <param name="days">Number of days.</param>
    public Trace Blind(int site, int from, int days) => this with
    {
        Slots = [.. Slots.Where(s => s.Site != site || s.Day < Booked + from || s.Day >= Booked + from + days)],
    };
}
