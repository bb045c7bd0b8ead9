namespace FaceAd.Bench.Demonstration;

/// <summary>Composes what a cabin's camera films from a script and portraits. The same script gives the same frames, whatever was drawn before.</summary>
sealed class CabinFootage
{
    /// <summary>How long a rider walks from the door to the place, and back, seconds.</summary>
    public const double WalkSeconds = 1.6;

    const double DoorSeconds = 0.8;
    readonly CabinScript _script;
    readonly CabinInterior _interior;
    readonly Dictionary<string, CabinRider> _riders;

    CabinFootage(CabinScript script, Dictionary<string, CabinRider> riders) =>
        (_script, _riders, _interior) = (script, riders, new CabinInterior(script.Seed));

    /// <summary>Reads the portraits of a script's cast.</summary>
    /// <param name="script">The script.</param>
    /// <param name="portraits">Folder of <c>N.png</c> files, each a face in the middle of a square.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <exception cref="IOException">A portrait is missing or unreadable.</exception>
    public static async Task<CabinFootage> LoadAsync(CabinScript script, string portraits, CancellationToken cancel)
    {
        var riders = new Dictionary<string, CabinRider>(StringComparer.Ordinal);
        foreach (var person in script.Cast)
            riders[person.Person] = new CabinRider(person, await Ffmpeg.ReadPngAsync(Path.Combine(portraits, $"{person.Portrait}.png"), cancel));
        return new CabinFootage(script, riders);
    }

    /// <summary>A canvas of the right size for <see cref="Draw"/>.</summary>
    public static Canvas NewCanvas() => new(CabinInterior.Width, CabinInterior.Height);

    /// <summary>Draws one frame.</summary>
    /// <param name="canvas">From <see cref="NewCanvas"/>.</param>
    /// <param name="frame">Index from 0; the moment is the index over the script's frame rate.</param>
    public void Draw(Canvas canvas, int frame)
    {
        var time = frame / (double)_script.FramesPerSecond;
        _interior.Draw(canvas, DoorsAt(time));
        // Who is nearer to the door stands behind: painted first.
        var views = _script.RidesAt(time)
            .Select(ride => (Ride: ride, Near: Near(ride, time)))
            .OrderBy(view => view.Near).ThenBy(view => view.Ride.Size).ThenBy(view => view.Ride.Place);
        foreach (var (ride, near) in views) _riders[ride.Person].Draw(canvas, ride, near, _script.Seed, frame);
    }

    /// <summary>Writes the whole script as an MP4.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Stops the work.</param>
    public Task WriteVideoAsync(string path, CancellationToken cancel)
    {
        var canvas = NewCanvas();
        return Ffmpeg.WriteFilmAsync(path, canvas, _script.FramesPerSecond, _script.Frames, 20, frame => Draw(canvas, frame), cancel);
    }

    /// <summary>Writes the whole script as JPEG files, one a frame, <c>00000.jpg</c> first.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <param name="cancel">Stops the work.</param>
    public Task WriteJpegsAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var canvas = NewCanvas();
        return Ffmpeg.WriteJpegsAsync(folder, canvas, _script.Frames, frame => Draw(canvas, frame), cancel);
    }

    static double Ease(double t) => t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);

    /// <summary>0 at the door, 1 at the place.</summary>
    static double Near(CabinRide ride, double time) =>
        Math.Min(Ease((time - ride.Enters + 0.15) / WalkSeconds), Ease((ride.Leaves - time) / WalkSeconds));

    /// <summary>The doors are open while somebody walks, and move for a moment before and after.</summary>
    double DoorsAt(double time)
    {
        var open = 0.0;
        foreach (var ride in _script.Rides)
        {
            open = Math.Max(open, OpenAround(ride.Enters, ride.Enters + WalkSeconds));
            open = Math.Max(open, OpenAround(ride.Leaves - WalkSeconds, ride.Leaves));
        }
        return Ease(open);

        double OpenAround(double from, double to) => time < from ? 1 - (from - time) / DoorSeconds : time > to ? 1 - (time - to) / DoorSeconds : 1;
    }
}
