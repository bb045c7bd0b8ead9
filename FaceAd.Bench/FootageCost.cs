using System.Diagnostics;
using FaceAd.Demo.Footage;
using FaceAd.Inference;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;

namespace FaceAd.Bench;

/// <summary>Cost of observing composed cabin footage, and how well tracks hold.</summary>
/// <param name="Frames">Frames analysed.</param>
/// <param name="Rides">Rides in the script.</param>
/// <param name="Presences">Presences reported: more than rides when tracks break, fewer when riders are missed.</param>
/// <param name="FacesFound">Faces found, over all frames.</param>
/// <param name="FacesThere">Riders in view, over all frames.</param>
/// <param name="SearchedFrames">Frames with more than one detector run.</param>
/// <param name="Runs">Those further runs, by reason.</param>
/// <param name="EmptyRuns">Further runs on the still, empty cabin: from 2.5 s after the last rider to 1.5 s before the next.</param>
/// <param name="Search">Time of those runs without cropping.</param>
/// <param name="Turn">Time of the runs over the frame turned.</param>
/// <param name="Total">Time of all stages.</param>
sealed record FootageCost(
    int Frames, int Rides, int Presences, int FacesFound, int FacesThere, int SearchedFrames, SearchRuns Runs, int EmptyRuns,
    TimeSpan Search, TimeSpan Turn, TimeSpan Total)
{
    /// <summary>Observes the footage of a script.</summary>
    /// <param name="chain">The models.</param>
    /// <param name="script">The script.</param>
    /// <param name="portraits">Folder of <c>N.png</c> portraits.</param>
    /// <param name="options">Settings of the observer.</param>
    /// <param name="everyNth">Analyses every nth frame of the script.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static FootageCost Measure(
        FaceChain chain, CabinScript script, string portraits, AudienceObserverOptions options, int everyNth,
        CancellationToken cancellation)
    {
        var footage = CabinFootage.Load(script, portraits);
        var observer = new AudienceObserver(chain, options);
        var picture = new PixelBuffer();
        picture.Resize(CabinFootage.Size.Width, CabinFootage.Size.Height, 3);
        var presences = new HashSet<Guid>();
        var cost = new FootageCost(0, script.Rides.Count, 0, 0, 0, 0, default, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        for (var i = 0; i < script.Frames; i += everyNth)
        {
            cancellation.ThrowIfCancellationRequested();
            footage.Draw(picture.Pixels, i);
            var time = i / (double)script.FramesPerSecond;
            var started = Stopwatch.GetTimestamp();
            if (observer.Observe(picture, DateTimeOffset.UnixEpoch.AddSeconds(time)) is { } report)
                presences.UnionWith(report.Presences.Select(p => p.PresenceId));
            cost = cost.With(observer, script, time, Stopwatch.GetElapsedTime(started));
        }
        return cost with { Presences = presences.Count };
    }

    FootageCost With(AudienceObserver observer, CabinScript script, double time, TimeSpan elapsed)
    {
        var runs = observer.LastSearch;
        return this with
        {
            Frames = Frames + 1,
            FacesFound = FacesFound + observer.LastFaceCount,
            FacesThere = FacesThere + script.RidesAt(time).Count(),
            SearchedFrames = SearchedFrames + (runs.Total > 0 ? 1 : 0),
            Runs = Runs + runs,
            EmptyRuns = EmptyRuns + (script.Rides.All(ride => time > ride.Leaves + 2.5 || time < ride.Enters - 1.5) ? runs.Total : 0),
            Search = Search + observer.LastTimings.Search,
            Turn = Turn + observer.LastTimings.Turn,
            Total = Total + elapsed,
        };
    }
}
