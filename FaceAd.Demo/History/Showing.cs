using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Screens;

namespace FaceAd.Demo.History;

/// <summary>
/// What a screen shows during a ride, by the rules of decisions: an ad for those who are in view, then another as long as somebody is. The
/// house loop between the rides is left out; it would be four million plays.
/// </summary>
/// <param name="programme">The campaigns.</param>
/// <param name="seals">Makes the identities of decisions.</param>
/// <param name="chance">Chance.</param>
sealed class Showing(Programme programme, DecisionSeals seals, Chance chance)
{
    const double FramesPerSecond = 24;
    static readonly TimeSpan HouseSpot = TimeSpan.FromSeconds(9);
    static readonly TimeSpan Ahead = TimeSpan.FromSeconds(0.8); // a play is announced to end before it does

    /// <summary>Decisions and plays of a ride.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="ride">The ride.</param>
    /// <param name="lossy">Probability that a play was not measured throughout.</param>
    /// <returns>What was decided and played, in order; reports are not sealed.</returns>
    public (List<Decision> Decisions, List<PlayReport> Plays) Run(ScreenEntry screen, Ride ride, double lossy)
    {
        var (decisions, plays) = (new List<Decision>(), new List<PlayReport>());
        var trigger = DecisionTrigger.AudienceChanged;
        var (at, free) = (Later(ride.OpenedAt, chance.Between(0.7, 1.6)), DateTimeOffset.MinValue);
        while (ride.Sights.Any(s => s.IsAt(at)))
        {
            Rider[] riders = [.. ride.Sights.Where(s => s.IsAt(at)).Select(s => new Rider(s.Report(at, inView: true)))];
            var why = Decider.Decide(programme.Snapshot, new Cabin(screen.SiteId, screen.Calendar, riders), at);
            var creative = why.Winner is { } winner ? programme.Take(winner.Campaign, at) : null;
            var id = seals.Make(screen.Id, creative?.Id, at);
            decisions.Add(Decision.Of(id, why, creative, screen.Id, ride.AudienceId, trigger));
            trigger = DecisionTrigger.PlayEnding;
            if (creative is null)
            {
                at += HouseSpot;
                continue;
            }
            var from = Later(at, chance.Between(0.2, 0.6));
            if (from < free) from = Later(free, 0.02);
            free = Later(from, creative.Seconds);
            plays.Add(new PlayReport
            {
                PlayId = chance.Id(from),
                DecisionId = id,
                CreativeId = creative.Id,
                StartedAt = from,
                EndedAt = free,
                End = PlayEnd.Completed,
                Measured = !chance.Is(lossy),
                FramesPresented = (int)(creative.Seconds * FramesPerSecond),
            });
            if (plays[^1].Measured) programme.Count(why.Winner!.Value.Campaign, creative.Id, from, SegmentsOf(ride, from, free));
            at = free - Ahead;
        }
        return (decisions, plays);
    }

    // Whoever is in view for the threshold is exposed.
    static List<Segment> SegmentsOf(Ride ride, DateTimeOffset from, DateTimeOffset to) =>
    [
        .. ride.Sights.Where(s => (s.To < to ? s.To : to) - (s.From > from ? s.From : from) >= ExposureCalculator.DefaultThreshold)
            .Select(s => s.Estimate is { } e && e.Confidence >= PersonRegister.MinSegmentConfidence ? e.Top : Segment.Unknown),
    ];

    static DateTimeOffset Later(DateTimeOffset at, double seconds) => at.AddMilliseconds(Math.Round(seconds * 1000));
}
