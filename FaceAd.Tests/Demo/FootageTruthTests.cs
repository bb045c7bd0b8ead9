using System.Globalization;
using FaceAd.Core;
using FaceAd.Demo.Footage;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using Xunit.Abstractions;

namespace FaceAd.Tests.Demo;

/// <summary>The composed footage through the production chain: what the models say must be what the script says.</summary>
public sealed class FootageTruthTests(ITestOutputHelper output)
{
    // What a player sends at least while someone is in view.
    const int EveryNthFrame = 2;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Observe_CommittedScript_FindsEveryRideWithItsSegment(int index)
    {
        var script = CabinScript.Committed[index];
        var reports = Observe(script);

        var unused = reports.SelectMany(report => report.Presences).GroupBy(p => p.PresenceId).Select(group => group.Last()).ToList();
        var presences = unused.Count;
        var missing = new List<string>();
        foreach (var ride in script.Rides)
        {
            var segment = script.Rider(ride).Segment;
            var own = unused
                .Where(p => p.Segments?.Top == segment && Overlap(ride, p) > 0.6 * (ride.Leaves - ride.Enters))
                .MaxBy(p => Overlap(ride, p));
            if (own is null) missing.Add($"{ride.Person} at {ride.Enters}");
            else unused.Remove(own);
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{ride.Person,-10} {segment,-10} {own?.Segments?.Confidence:0.00}"));
        }
        var (right, settled) = Dominant(script, reports);
        foreach (var p in unused)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"left over: track {p.TrackId} from {Seconds(p.From):0.0} to {Seconds(p.To):0.0}, {p.Segments?.Top} {p.Segments?.Confidence:0.00}"));
        output.WriteLine($"{presences} presences for {script.Rides.Count} rides; dominant segment right in {right} of {settled} reports");

        Assert.Empty(missing);
        Assert.Equal(script.Gaps().Count(gap => gap.From > 0), reports.Select(report => report.AudienceId).Distinct().Count());
        Assert.InRange(presences, script.Rides.Count, script.Rides.Count * 4 / 3);
        Assert.True(right >= 0.9 * settled, $"The dominant segment was right in only {right} of {settled} reports.");
    }

    static List<AudienceReport> Observe(CabinScript script)
    {
        var footage = CabinFootage.Load(script, Portraits.Folder);
        var observer = new AudienceObserver(Support.Models.Chain);
        var frame = new PixelBuffer();
        frame.Resize(CabinFootage.Size.Width, CabinFootage.Size.Height, 3);
        var reports = new List<AudienceReport>();
        for (var i = 0; i < script.Frames; i += EveryNthFrame)
        {
            footage.Draw(frame.Pixels, i);
            if (observer.Observe(frame, DateTimeOffset.UnixEpoch.AddSeconds(i / (double)script.FramesPerSecond)) is { } report)
                reports.Add(report);
        }
        return reports;
    }

    /// <summary>
    /// In how many reports, taken while nobody walked, the largest sum of probabilities was the script's dominant segment.
    /// </summary>
    static (int Right, int Settled) Dominant(CabinScript script, List<AudienceReport> reports)
    {
        var (right, settled) = (0, 0);
        foreach (var report in reports)
        {
            var time = Seconds(report.At);
            var walking = script.Rides.Any(ride =>
                Math.Abs(time - ride.Enters - 0.5) < CabinFootage.WalkSeconds
                    || Math.Abs(time - ride.Leaves + 0.5) < CabinFootage.WalkSeconds);
            var truth = script.DominantAt(time);
            var seen = report.Presences.Where(p => p.InView && p.Segments is not null).Select(p => p.Segments!.Value).ToList();
            if (walking || truth == Segment.Unknown || seen.Count == 0) continue;
            settled++;
            if (SegmentProbabilities.Segments.MaxBy(segment => seen.Sum(p => p[segment])) == truth) right++;
        }
        return (right, settled);
    }

    static double Overlap(CabinRide ride, PresenceReport presence) =>
        Math.Min(ride.Leaves, Seconds(presence.To)) - Math.Max(ride.Enters, Seconds(presence.From));

    static double Seconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).TotalSeconds;
}
