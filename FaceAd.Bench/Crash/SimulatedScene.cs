using FaceAd.Core;

namespace FaceAd.Bench.Crash;

/// <summary>One request of a simulated screen: an audience report, or play reports.</summary>
/// <param name="Audience">The audience report; null for plays.</param>
/// <param name="Plays">The play reports; empty for an audience report.</param>
sealed record SimulatedRequest(AudienceReport? Audience, IReadOnlyList<PlayReport> Plays);

/// <summary>One ride: an audience of a few people, and the ads that run meanwhile. Pure.</summary>
static class SimulatedScene
{
    /// <summary>Creates a ride.</summary>
    /// <param name="random">Source of all random choices.</param>
    /// <param name="start">When the first rider is seen.</param>
    /// <param name="creatives">Creatives to play, each ten seconds long.</param>
    /// <param name="decide">Takes a decision for a creative, and names it.</param>
    /// <returns>Requests in the order of sending, some late and some twice; and when the next ride begins.</returns>
    public static (List<SimulatedRequest> Requests, DateTimeOffset Next) Make(
        Random random, DateTimeOffset start, IReadOnlyList<Guid> creatives, Func<Guid, DateTimeOffset, Guid> decide)
    {
        List<(double Order, SimulatedRequest Request)> requests = [];
        var end = start.AddSeconds(4 + (random.NextDouble() * 16));
        AddReports(random, start, end, requests);
        var played = AddPlays(random, start.AddSeconds(-random.Next(5)), end, creatives, decide, requests);
        // A request is delayed behind up to six others; one in seven is sent twice.
        var sent = requests.Select((r, i) => (Order: i + (random.NextDouble() * 6), r.Request)).ToList();
        sent.AddRange([.. sent.Where(_ => random.Next(7) == 0).Select(r => (r.Order + (random.NextDouble() * 8), r.Request))]);
        // The plays of the next ride begin up to four seconds before it, and a screen plays one thing at a time.
        return ([.. sent.OrderBy(r => r.Order).Select(r => r.Request)], played.AddSeconds(random.Next(4, 9)));
    }

    private static void AddReports(Random random, DateTimeOffset start, DateTimeOffset end, List<(double, SimulatedRequest)> requests)
    {
        var audience = New(random);
        var riders = Enumerable.Range(0, random.Next(1, 4)).Select(i => (
            Id: New(random), Track: i + 1, Face: random.Next(Residents.Count), Segment: random.Next(5) == 0 ? (int?)null : random.Next(6),
            From: start.AddMilliseconds(i == 0 ? 0 : random.Next((int)(end - start).TotalMilliseconds / 2)),
            Attention: random.NextDouble())).ToList();
        var (at, sequence) = (start, 0);
        while (true)
        {
            var over = at >= end;
            var present = riders.Where(r => r.From <= at).ToList();
            sequence++;
            requests.Add((0, new SimulatedRequest(
                new AudienceReport
                {
                    AudienceId = audience,
                    Sequence = sequence,
                    OpenedAt = start,
                    At = at,
                    State = over ? AudienceState.Closed : AudienceState.Open,
                    ModelVersion = "crash",
                    Presences = [.. present.Select(r => new PresenceReport
                    {
                        PresenceId = r.Id,
                        TrackId = r.Track,
                        From = r.From,
                        To = at,
                        InView = !over,
                        SecondsAttentive = Math.Round((at - r.From).TotalSeconds * r.Attention, 3),
                        Segments = r.Segment is { } segment ? Residents.Surely(SegmentProbabilities.Segments[segment]) : null,
                        AgeYears = 30,
                        ChildProbability = 0.01,
                        FaceArea = 0.03,
                        Views = sequence <= 3 ? [Residents.View(r.Face, random)] : [],
                    })],
                }, [])));
            if (over) return;
            at = at.AddMilliseconds(random.Next(300, 1500));
            if (at > end) at = end;
        }
    }

    // Returns the end of the last play, which the ride's end does not cut short.
    private static DateTimeOffset AddPlays(
        Random random, DateTimeOffset start, DateTimeOffset end, IReadOnlyList<Guid> creatives, Func<Guid, DateTimeOffset, Guid> decide,
        List<(double, SimulatedRequest)> requests)
    {
        List<PlayReport> waiting = [];
        var at = start;
        while (at < end)
        {
            var until = at.AddMilliseconds(random.Next(2000, 10_000));
            var creative = creatives[random.Next(creatives.Count)];
            waiting.Add(new PlayReport
            {
                PlayId = New(random),
                DecisionId = decide(creative, at),
                CreativeId = creative,
                StartedAt = at,
                EndedAt = until,
                End = until - at < TimeSpan.FromSeconds(8) ? PlayEnd.Interrupted : PlayEnd.Completed,
                Measured = random.Next(8) > 0,
                FramesPresented = 10,
            });
            at = until.AddMilliseconds(random.Next(300));
            if (random.Next(3) > 0 && at < end) continue;
            requests.Insert(random.Next(requests.Count + 1), (0, new SimulatedRequest(null, [.. waiting])));
            waiting.Clear();
        }
        return at;
    }

    private static Guid New(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
