using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FaceAd.Demo;
using FaceAd.Demo.Footage;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;
using FaceAd.Inference.Presence;
using FaceAd.Inference.Tracking;
#pragma warning disable RS0030 // A command-line entry point prints.

namespace FaceAd.Bench;

/// <summary><c>pipeline</c>: cost of the production pipeline per frame and per stage.</summary>
static class PipelineCommand
{
    const int WarmUp = 20;

    public static Command Create()
    {
        var frames = new Option<int>("--frames") { Description = "Frames to measure", DefaultValueFactory = _ => 100 };
        var footage = new Option<int>("--footage")
        {
            Description = "Seconds of the cabin's footage to observe; by default all of it",
            DefaultValueFactory = _ => int.MaxValue,
        };
        var models = Repository.ModelsOption();
        var nodeModules = Repository.NodeModulesOption();
        var command = new Command("pipeline", "Milliseconds per stage, faces per second and bytes allocated, on a frame with two faces.")
        {
            frames, footage, models, nodeModules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var portraits = parsed.GetRequiredValue(nodeModules).FullName;
                var jpeg = await TwoFaceFrame.ComposeAsync(portraits, cancellation: cancellation);
                var later = await TwoFaceFrame.ComposeAsync(portraits, aside: 6, cancellation: cancellation);
                using var chain = new FaceChain(new FaceChainOptions { ModelFolder = parsed.GetRequiredValue(models).FullName });
                Print(Measure(chain, jpeg, Math.Max(1, parsed.GetValue(frames))), jpeg.Length);
                PrintObserver(chain, [jpeg, later]);
                PrintFootage(
                    chain, portraits, Math.Max(1, parsed.GetValue(footage)), cancellation);
                return 0;
            }
            catch (Exception e) when (e is ModelFileException or InvalidFrameException or IOException or DllNotFoundException)
            {
                await Console.Error.WriteLineAsync($"error: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    /// <summary>Runs every stage on every frame with one thread, and measures after a warm-up.</summary>
    internal static PipelineResult Measure(FaceChain chain, byte[] jpeg, int frames)
    {
        var tracker = new FaceTracker(PresenceRules.Default.Bridge);
        var (check, machine) = (new LivenessCheck(), new PresenceMachine());
        var at = DateTimeOffset.UnixEpoch;
        var (sum, faces, allocated, began) = (default(StageTimings), 0, 0L, 0L);
        for (var i = -WarmUp; i < frames; i++)
        {
            if (i == 0) (sum, faces, allocated, began) = (default, 0, GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            at += TimeSpan.FromMilliseconds(100);
            using var frame = chain.Rent();
            chain.Analyze(jpeg, frame);
            var started = Stopwatch.GetTimestamp();
            Follow(frame, at, tracker, check, machine);
            sum = Add(sum, frame.Timings with { Track = Stopwatch.GetElapsedTime(started) });
            faces += frame.Faces.Length;
        }
        var (bytes, elapsed) = (GC.GetAllocatedBytesForCurrentThread() - allocated, Stopwatch.GetElapsedTime(began));
        return new PipelineResult(sum, frames, faces, elapsed, bytes);
    }

    static void Follow(FaceFrame frame, DateTimeOffset at, FaceTracker tracker, LivenessCheck check, PresenceMachine machine)
    {
        Span<int> tracks = stackalloc int[FaceFrame.MaxFaces];
        Span<Liveness> liveness = stackalloc Liveness[FaceFrame.MaxFaces];
        Span<Sighting> sightings = stackalloc Sighting[FaceFrame.MaxFaces];
        tracker.Update(at, frame.Faces, tracks);
        check.Update(frame, at, tracks[..frame.Faces.Length], liveness);
        // The one picture of this measurement never moves; nobody would be there.
        for (var face = 0; face < frame.Faces.Length; face++)
            sightings[face] = new Sighting(tracks[face], frame.Faces[face].Pose.Facing, Live: true);
        machine.Frame(at, sightings[..frame.Faces.Length]);
    }

    static StageTimings Add(StageTimings a, StageTimings b) => new()
    {
        Decode = a.Decode + b.Decode,
        Crop = a.Crop + b.Crop,
        Detect = a.Detect + b.Detect,
        Search = a.Search + b.Search,
        Landmarks = a.Landmarks + b.Landmarks,
        AgeGender = a.AgeGender + b.AgeGender,
        Embed = a.Embed + b.Embed,
        Track = a.Track + b.Track,
    };

    static void Print(PipelineResult result, int bytes)
    {
        Console.WriteLine(
            $"whole chain on every face, one thread, 1280x720 JPEG of {bytes / 1024} KiB, {result.Frames} frames after {WarmUp}:");
        Row("decode", result.Sum.Decode, result.Frames);
        Row("crop", result.Sum.Crop, result.Frames);
        Row("detect", result.Sum.Detect, result.Frames);
        Row("second looks", result.Sum.Search, result.Frames);
        Row("landmarks", result.Sum.Landmarks, result.Frames);
        Row("age/gender", result.Sum.AgeGender, result.Frames);
        Row("embed", result.Sum.Embed, result.Frames);
        Row("track", result.Sum.Track, result.Frames);
        Row("total", result.Elapsed, result.Frames);
        Console.WriteLine(Line($"faces a frame            {(double)result.Faces / result.Frames,9:F2}"));
        Console.WriteLine(Line($"faces a second           {result.Faces / result.Elapsed.TotalSeconds,9:F1}"));
        Console.WriteLine(Line($"bytes allocated a frame  {result.BytesPerFrame,9:F0}"));
        Console.WriteLine(Line($"(decode+track+crop)/models {result.Ratio,7:F3}"));
    }

    /// <summary>Realistic cost of a screen: two frames a second, most of which are only tracked.</summary>
    static void PrintObserver(FaceChain chain, byte[][] swaying)
    {
        const int Frames = 60;
        var observer = new AudienceObserver(chain);
        var (at, reports) = (DateTimeOffset.UnixEpoch, 0);
        var (allocated, started) = (0L, 0L);
        for (var i = -WarmUp; i < Frames; i++)
        {
            if (i == 0) (allocated, started, reports) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp(), 0);
            at += TimeSpan.FromMilliseconds(500);
            if (observer.Observe(swaying[(i + WarmUp) % 2], at) is not null) reports++;
        }
        var (bytes, elapsed) = (GC.GetAllocatedBytesForCurrentThread() - allocated, Stopwatch.GetElapsedTime(started));
        Console.WriteLine();
        Console.WriteLine("audience observer, two frames a second, the same two riders staying:");
        Row("a frame", elapsed, Frames);
        Console.WriteLine(Line($"bytes allocated a frame  {(double)bytes / Frames,9:F0} (with {reports} reports)"));
        Console.WriteLine(Line($"share of one core        {elapsed / TimeSpan.FromMilliseconds(500 * Frames),9:P1}"));
    }

    /// <summary>Cost over the demonstration's first cabin, with and without the search for missed faces.</summary>
    static void PrintFootage(FaceChain chain, string nodeModules, int seconds, CancellationToken cancellation)
    {
        var (script, portraits) = (CabinScript.Committed[0], MediaCommand.PortraitFolder(nodeModules));
        script = script with { Seconds = Math.Min(script.Seconds, seconds) };
        const int EveryNth = 2;
        Console.WriteLine();
        Console.WriteLine(
            Line(
                $"audience observer, composed cabin \"{script.Screen}\", {script.FramesPerSecond / (double)EveryNth:F1} frames a second:"));
        foreach (var perSecond in new[] { 0, new AudienceObserverOptions().SearchPerSecond })
        {
            var options = new AudienceObserverOptions { SearchPerSecond = perSecond };
            var cost = FootageCost.Measure(chain, script, portraits, options, EveryNth, cancellation);
            Console.WriteLine(Line($"at most {perSecond} further runs of the detector a second:"));
            Console.WriteLine(Line($"  frames with further runs {(double)cost.SearchedFrames / cost.Frames,8:P1} of {cost.Frames}"));
            Console.WriteLine(Line($"  further runs a frame     {(double)cost.Runs.Total / cost.Frames,8:F2} ({cost.Runs.SecondLooks} second looks, {cost.Runs.LostTracks} lost tracks, {cost.Runs.Tiles} tiles)"));
            Console.WriteLine(Line($"  in the empty, still cabin{cost.EmptyRuns,8}"));
            Console.WriteLine(Line($"  their time a frame       {cost.Search.TotalMilliseconds / cost.Frames,8:F2} ms of {cost.Total.TotalMilliseconds / cost.Frames:F2} ms"));
            Console.WriteLine(Line($"  runs on turned frames    {cost.Runs.Turned,8}, {cost.Turn.TotalMilliseconds / cost.Frames:F2} ms a frame"));
            Console.WriteLine(Line($"  faces found              {cost.FacesFound,8} of {cost.FacesThere}; {cost.Presences} presences for {cost.Rides} rides"));
        }
    }

    static void Row(string name, TimeSpan sum, int frames) =>
        Console.WriteLine(Line($"{name,-24} {sum.TotalMilliseconds / frames,9:F3} ms"));

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Sums over measured frames.</summary>
/// <param name="Sum">Time per stage.</param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Faces">Number of faces.</param>
/// <param name="Elapsed">Time from the first to the last frame.</param>
/// <param name="Bytes">Managed memory allocated by the measuring thread.</param>
sealed record PipelineResult(StageTimings Sum, int Frames, int Faces, TimeSpan Elapsed, long Bytes)
{
    /// <summary>Bytes allocated per frame.</summary>
    public double BytesPerFrame => (double)Bytes / Frames;

    /// <summary>Decoding, tracking and cropping as a ratio of the models' time.</summary>
    public double Ratio => (Sum.Decode + Sum.Track + Sum.Crop) / Sum.Models;
}
