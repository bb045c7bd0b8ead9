using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;

namespace FaceAd.Bench.Cabins;

/// <summary>Feeds rides in random order to the product's person register of one building.</summary>
static class CabinSimulation
{
    static readonly Guid Screen = new("4d0ebd5c-8b5e-4a3e-9d0d-3a3f6f0c1e57");

    /// <summary>Runs one building.</summary>
    /// <param name="rides">The rides; each is played once.</param>
    /// <param name="random">Source of the order.</param>
    /// <param name="restarts">Number of server restarts in between, each of which reloads people from their stored templates.</param>
    /// <param name="scores">The scores.</param>
    /// <returns>Number of rides that were assigned no person: likely children, and viewers without a good view.</returns>
    public static int Run(IEnumerable<Ride> rides, Random random, int restarts, out CabinScores scores)
    {
        var order = rides.ToArray();
        random.Shuffle(order);
        var register = new PersonRegister();
        List<(string, Guid)> given = [];
        Dictionary<Guid, byte[]> stored = [];
        foreach (var (number, ride) in order.Index())
        {
            if (restarts > 0 && number > 0 && number % Math.Max(1, order.Length / (restarts + 1)) == 0)
            {
                register = new PersonRegister();
                foreach (var (known, template) in stored) register.Restore(known, Segment.Unknown, FaceTemplate.Unpack(template));
            }
            Guid? person = null;
            foreach (var report in ride.Reports)
            {
                var recognised = register.Recognise(Screen, report);
                if (recognised.PersonOf.TryGetValue(ride.PresenceId, out var now)) person = now;
                foreach (var (known, views) in recognised.Templates) stored[known] = FaceTemplate.Pack(views);
            }
            if (person is { } id) given.Add((ride.Identity, id));
        }
        scores = CabinScores.Of(given);
        return order.Length - given.Count;
    }

    /// <summary>The ride with the viewer certainly an adult: shows what merging children by embedding alone would do.</summary>
    public static Ride AsAdult(Ride ride) => ride with
    {
        Reports =
            [.. ride.Reports.Select(r => r with { Presences = [.. r.Presences.Select(p => p with { Segments = Adult(p.Segments) })] })],
    };

    static SegmentProbabilities? Adult(SegmentProbabilities? segments)
    {
        if (segments is not { } s) return null;
        var (rest, each) = (1 - s.Kids, s.Kids > 0.999 ? 0.2 : 0);
        return each > 0
            ? new SegmentProbabilities(0, each, each, each, each, each)
            : new SegmentProbabilities(0, s.Men2030 / rest, s.Women2030 / rest, s.Men4050 / rest, s.Women4050 / rest, s.Silver / rest);
    }
}
