using FaceAd.Core;
using FaceAd.Web.Campaigns;

namespace FaceAd.Bench.Screens;

/// <summary>
/// A player that tells the truth: plays end to end, cut off or failed, through outages and restarts. Its clock is up to half a minute off,
/// and is slewed back and forth.
/// </summary>
/// <param name="random">Source of all random choices.</param>
/// <param name="start">When it begins, by the true time.</param>
sealed class HonestPlayer(Random random, DateTimeOffset start)
{
    private readonly double _phase = random.NextDouble() * Math.Tau;

    /// <summary>The true time.</summary>
    public DateTimeOffset Truth { get; private set; } = start;

    // Off by 30 s at most, gaining or losing at most 2 ms a second.
    private DateTimeOffset Now => Truth.AddSeconds(30 * Math.Sin(_phase + (Math.Tau * (Truth - DateTimeOffset.UnixEpoch).TotalDays)));

    /// <summary>Is away for a while, then plays.</summary>
    /// <param name="plays">Number of plays.</param>
    /// <param name="decide">Takes a decision for the ad, at an instant, and names it.</param>
    /// <param name="ad">Creative of a campaign.</param>
    /// <param name="house">Creative of the house loop.</param>
    public IEnumerable<PlayReport> Play(int plays, Func<DateTimeOffset, Guid> decide, Creative ad, Creative house)
    {
        // Off, away or starting again meanwhile: for seconds, sometimes for days.
        Truth += random.Next(10) == 0 ? TimeSpan.FromHours(random.Next(1, 60)) : TimeSpan.FromSeconds(random.Next(5, 60));
        for (var i = 0; i < plays; i++)
        {
            var creative = random.Next(2) == 0 ? ad : house;
            // A command may wait for the end of what runs, or for its creative.
            var waited = TimeSpan.FromSeconds(random.Next(random.Next(20) == 0 ? 890 : 20));
            Guid? decision = creative == ad ? decide(Truth - waited) : null;
            var (began, end) = (Now, (PlayEnd)random.Next(3));
            var seconds = end switch
            {
                PlayEnd.Completed => creative.Seconds + (random.NextDouble() * 2),
                PlayEnd.Failed when random.Next(5) == 0 => 0, // its page died after the first frame
                _ => random.NextDouble() * creative.Seconds,
            };
            Truth += TimeSpan.FromSeconds(seconds);
            yield return new PlayReport
            {
                PlayId = Guid.NewGuid(),
                DecisionId = decision,
                CreativeId = creative.Id,
                StartedAt = began,
                EndedAt = Now.AddSeconds(end == PlayEnd.Completed ? random.Next(400) / 1000.0 : 0), // a busy page tells late of it
                End = end,
                Measured = random.Next(4) > 0,
                FramesPresented = 1 + (int)(seconds * random.Next(1, 31)),
            };
            // The next one takes over at once, follows soon, or waits for a new page.
            Truth += TimeSpan.FromSeconds(
                end switch { PlayEnd.Interrupted => 0, PlayEnd.Completed => random.NextDouble(), _ => 2 + random.Next(5) });
        }
    }
}
