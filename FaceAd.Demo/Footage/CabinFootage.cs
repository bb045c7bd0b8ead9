using System.Globalization;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace FaceAd.Demo.Footage;

/// <summary>
/// Composes the footage of a cabin's camera from a script and portraits. The same script gives the same frames, whatever was drawn
/// before.
/// </summary>
sealed class CabinFootage
{
    /// <summary>Seconds a rider takes from the door to their place, and back.</summary>
    public const double WalkSeconds = 1.6;

    const double DoorSeconds = 0.8;
    readonly CabinScript _script;
    readonly CabinInterior _interior;
    readonly Dictionary<string, CabinRider> _riders;

    CabinFootage(CabinScript script, Dictionary<string, CabinRider> riders) =>
        (_script, _riders, _interior) = (script, riders, new CabinInterior(script.Seed));

    /// <summary>The size of the picture.</summary>
    public static SKSizeI Size { get; } = new(CabinInterior.Width, CabinInterior.Height);

    /// <summary>Reads the portraits of a script's cast.</summary>
    /// <param name="script">The script.</param>
    /// <param name="portraits">Folder of <c>N.png</c> files, each a square with a centred face.</param>
    /// <exception cref="IOException">A portrait is missing.</exception>
    /// <exception cref="InvalidDataException">A portrait is not a picture.</exception>
    public static CabinFootage Load(CabinScript script, string portraits)
    {
        var riders = new Dictionary<string, CabinRider>(StringComparer.Ordinal);
        foreach (var person in script.Cast)
        {
            var path = Path.Combine(portraits, person.Portrait.ToString(CultureInfo.InvariantCulture) + ".png");
            using var portrait = SKBitmap.Decode(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} is not a picture.");
            riders[person.Person] = new CabinRider(person, portrait);
        }
        return new CabinFootage(script, riders);
    }

    /// <summary>Draws one frame.</summary>
    /// <param name="canvas">Canvas of size <see cref="Size"/>.</param>
    /// <param name="frame">Index from 0; its time is the index divided by the script's frame rate.</param>
    public void Draw(SKCanvas canvas, int frame)
    {
        var time = frame / (double)_script.FramesPerSecond;
        _interior.Draw(canvas, DoorsAt(time));
        // Riders nearer to the door are further back: paint them first.
        var views = _script.RidesAt(time)
            .Select(ride => (Ride: ride, Near: Near(ride, time)))
            .OrderBy(view => view.Near).ThenBy(view => view.Ride.Size).ThenBy(view => view.Ride.Place);
        foreach (var (ride, near) in views) _riders[ride.Person].Draw(canvas, ride, near, _script.Seed, frame);
    }

    /// <summary>Draws one frame as RGB bytes.</summary>
    /// <param name="rgb">Receives three bytes per pixel, rows from the top.</param>
    /// <param name="frame">Index from 0.</param>
    public void Draw(Span<byte> rgb, int frame)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Size.Width, Size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        Draw(canvas, frame);
        var pixels = MemoryMarshal.Cast<byte, uint>(bitmap.GetPixelSpan());
        for (var i = 0; i < pixels.Length; i++)
        {
            rgb[3 * i] = (byte)pixels[i];
            rgb[3 * i + 1] = (byte)(pixels[i] >> 8);
            rgb[3 * i + 2] = (byte)(pixels[i] >> 16);
        }
    }

    /// <summary>Writes the whole script as an MP4.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancel">Cancels the work.</param>
    public Task WriteVideoAsync(string path, CancellationToken cancel) =>
        Video.WriteAsync(path, Size, _script.FramesPerSecond, _script.Frames, 20, Draw, cancel);

    /// <summary>Writes the whole script as JPEG files, one per frame, starting at <c>00000.jpg</c>.</summary>
    /// <param name="folder">Output folder; created if missing.</param>
    /// <param name="cancel">Cancels the work.</param>
    public async Task WriteJpegsAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        using var bitmap = new SKBitmap(new SKImageInfo(Size.Width, Size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        for (var frame = 0; frame < _script.Frames; frame++)
        {
            Draw(canvas, frame);
            using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 92);
            await File.WriteAllBytesAsync(
                Path.Combine(folder, frame.ToString("00000", CultureInfo.InvariantCulture) + ".jpg"), jpeg.ToArray(), cancel);
        }
    }

    static double Ease(double t) => t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);

    /// <summary>0 at the door, 1 at the rider's place.</summary>
    static double Near(CabinRide ride, double time) =>
        Math.Min(Ease((time - ride.Enters + 0.15) / WalkSeconds), Ease((ride.Leaves - time) / WalkSeconds));

    /// <summary>How far the doors are open: fully while a rider walks, opening before and closing after.</summary>
    double DoorsAt(double time)
    {
        var open = 0.0;
        foreach (var ride in _script.Rides)
        {
            open = Math.Max(open, OpenAround(ride.Enters, ride.Enters + WalkSeconds));
            open = Math.Max(open, OpenAround(ride.Leaves - WalkSeconds, ride.Leaves));
        }
        return Ease(open);

        double OpenAround(double from, double to) =>
            time < from ? 1 - (from - time) / DoorSeconds : time > to ? 1 - (time - to) / DoorSeconds : 1;
    }
}
