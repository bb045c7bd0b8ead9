using System.Buffers.Binary;
using System.Globalization;
using FaceAd.Bench;
using FaceAd.Inference.Imaging;

namespace FaceAd.Tests.Support;

/// <summary>JPEGs for tests, made in memory by ffmpeg. Portraits show people who do not exist.</summary>
static class Pictures
{
    static readonly Lazy<Task<byte[]>> Two = new(() => TwoFaceFrame.ComposeAsync(Models.NodeModules));
    static readonly Lazy<Task<byte[]>> Pattern = new(() => PatternAsync(640, 360));

    /// <summary>1280 x 720, a man of the segment 2030 (left) and a woman of 2030 (right).</summary>
    public static Task<byte[]> TwoFacesAsync() => Two.Value;

    /// <summary>640 x 360, no face.</summary>
    public static Task<byte[]> NoFaceAsync() => Pattern.Value;

    /// <summary>A colourful pattern.</summary>
    public static Task<byte[]> PatternAsync(int width, int height) =>
        Ffmpeg.RunAsync(
            ["-f", "lavfi", "-i", Text($"testsrc=s={width}x{height}"), "-frames:v", "1", "-q:v", "2", "-f", "mjpeg", "-"],
            CancellationToken.None);

    /// <summary>Portraits before a wall with panels, 640 x 360: number, left edge and side of each.</summary>
    public static Task<byte[]> CabinAsync(params (int Number, int X, int Side)[] portraits)
    {
        List<string> arguments = ["-f", "lavfi", "-i", "color=c=0x8a8f94:s=640x360"];
        foreach (var (number, _, _) in portraits)
            arguments.AddRange(["-i", Path.Combine(Models.NodeModules, "fake-avatars", "avatars", "png", Text($"{number}.png"))]);
        var graph = "[0]drawgrid=w=71:h=53:t=5:c=0x62676c[p0]";
        for (var i = 0; i < portraits.Length; i++)
            graph += Text(
                $";[{i + 1}]scale={portraits[i].Side}:{portraits[i].Side}[a{i}];[p{i}][a{i}]overlay={portraits[i].X}:80[p{i + 1}]");
        arguments.AddRange(
            ["-filter_complex", graph, "-map", Text($"[p{portraits.Length}]"), "-frames:v", "1", "-q:v", "3", "-f", "mjpeg", "-"]);
        return Ffmpeg.RunAsync(arguments, CancellationToken.None);
    }

    /// <summary>
    /// The same twice, everybody 8 pixels further to the right in the second: who sees them in turn sees that these are people.
    /// </summary>
    public static Task<byte[][]> RidersAsync(params (int Number, int X, int Side)[] portraits) =>
        Task.WhenAll(CabinAsync(portraits), CabinAsync([.. portraits.Select(p => p with { X = p.X + 8 })]));

    /// <summary>The same file with another size in its header.</summary>
    public static byte[] WithHeaderSize(byte[] jpeg, int width, int height)
    {
        var copy = (byte[])jpeg.Clone();
        for (var at = 2; at < copy.Length - 9; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(at + 2)))
        {
            if (copy[at] != 0xFF || copy[at + 1] is not (0xC0 or 0xC1 or 0xC2)) continue;
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at + 5), (ushort)height);
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at + 7), (ushort)width);
            return copy;
        }
        throw new InvalidOperationException("No start of frame.");
    }

    /// <summary>Reproducible noise.</summary>
    public static PixelBuffer Noise(int width, int height, int seed)
    {
        var picture = new PixelBuffer();
        picture.Resize(width, height, 3);
        new Random(seed).NextBytes(picture.Pixels);
        return picture;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
