using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Metrics;

/// <summary>A random history of screens, and the reports in which the server learns of it.</summary>
static class InventedHistory
{
    // The epoch of Sample.Noon ends with 22 March.
    public static readonly DateOnly FirstDay = new(2026, 3, 20);
    public static readonly DateOnly LastDay = new(2026, 3, 25);
    private static readonly Segment[] Segments = [Segment.Kids, Segment.Men2030, Segment.Men2030, Segment.Women2030, Segment.Silver];

    /// <summary>Invents presences and plays, and the messages that tell them.</summary>
    public static (List<TruePresence> Presences, List<TruePlay> Plays, List<Func<Facts, Task>> Messages) Invent(
        Random random, ScreenEntry[] screens, List<(Campaign Campaign, Creative Creative)> ads)
    {
        List<TruePresence> presences = [];
        List<TruePlay> plays = [];
        List<Func<Facts, Task>> messages = [];
        var segmentOf = Enumerable.Range(0, 12).Select(_ => Segments[random.Next(Segments.Length)]).ToArray();
        for (var scene = 0; scene < 9; scene++)
        {
            // Scenes lie around midnights, sometimes at noon.
            var middle = Sample.Calendar.StartOf(FirstDay.AddDays(1 + random.Next(5))).AddHours(random.Next(3) == 0 ? 12 : 0);
            var screen = screens[random.Next(screens.Length)];
            for (var i = 0; i < 4; i++)
            {
                var from = middle.AddMilliseconds(random.Next(-25_000, 15_000));
                var face = random.Next(segmentOf.Length);
                var presence = new TruePresence(
                    screen, face, segmentOf[face], random.Next(4) > 0, from, from.AddMilliseconds(random.Next(300, 25_000)));
                presences.Add(presence);
                messages.AddRange(Tell(random, presence));
            }
            for (var at = middle.AddSeconds(-30).AddMilliseconds(random.Next(2_000)); at < middle.AddSeconds(25);)
            {
                var (campaign, creative) = ads[random.Next(ads.Count)];
                // Plays of one screen never overlap; those of another scene at the same screen and moment would.
                var end = at.AddMilliseconds(random.Next(8) == 0 ? random.Next(400, 9_000) : 10_000);
                if (plays.Any(p => p.Screen == screen && p.From < end && p.To > at)) break;
                var play = new TruePlay(screen, campaign, creative, at, end, random.Next(6) > 0);
                plays.Add(play);
                messages.Add(Tell(play));
                at = end.AddMilliseconds(random.Next(500));
            }
        }
        return (presences, plays, messages);
    }

    // A presence of its own audience, told in up to three reports that grow.
    private static IEnumerable<Func<Facts, Task>> Tell(Random random, TruePresence presence)
    {
        var (id, audience, reports) = (Guid.NewGuid(), Guid.NewGuid(), 1 + random.Next(3));
        for (var sequence = 1; sequence <= reports; sequence++)
        {
            var last = sequence == reports;
            var to = last ? presence.To : presence.From + ((presence.To - presence.From) * sequence / reports);
            to = new DateTimeOffset(to.Ticks - (to.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
            byte[][] views = last
                ? [Sample.Face(500 + presence.Face, 0.3, random.Next()), Sample.Face(500 + presence.Face, 0.3, random.Next())] : [];
            var viewer = Sample.Viewer(presence.Segment, presence.From, to, p: presence.Sure
                ? 0.9 : 0.55, id: id, inView: !last, views: views);
            var report = Sample.Report(audience, sequence, presence.From, to, last ? AudienceState.Closed : AudienceState.Open, viewer);
            yield return facts => facts.SeeAsync(presence.Screen, report);
        }
    }

    private static Func<Facts, Task> Tell(TruePlay play)
    {
        var report = new PlayReport
        {
            PlayId = Guid.NewGuid(),
            CreativeId = play.Creative.Id,
            StartedAt = play.From,
            EndedAt = play.To,
            End = play.To - play.From < TimeSpan.FromSeconds(8) ? PlayEnd.Interrupted : PlayEnd.Completed,
            Measured = play.Measured,
            FramesPresented = 10,
        };
        return facts => facts.PlayAsync(play.Screen, report);
    }
}
