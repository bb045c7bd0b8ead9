using System.Buffers.Binary;
using System.IO.Hashing;
using System.Reflection;
using FaceAd.Web.Hosting;
using SkiaSharp;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>
/// Makes an animated PNG, no larger than players show, of an animated WebP, which ffmpeg cannot decode. It is done in a process of its own,
/// within the limits of <see cref="ChildProcess"/>, by this program itself.
/// </summary>
static class MovingWebP
{
    /// <summary>First argument of this program when it is such a process; the file and the output path follow.</summary>
    public const string Verb = "webp-to-apng";

    // .NET reserves more addresses than it uses, so those are not limited.
    private const string Memory = "--data=2147483648";
    private const long LargestFile = 1_073_741_824; // some hundred photographs of 1920x1080
    private const int Damaged = 3, TooLarge = 128 + 25; // the last: SIGXFSZ, at the limit of the file
    private static readonly SKPngEncoderOptions Fast = new(SKPngEncoderFilterFlags.Sub, zLibLevel: 1);
    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear, SKMipmapMode.Linear);
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Converts a file in another process.</summary>
    /// <param name="from">The WebP.</param>
    /// <param name="to">Path of the PNG.</param>
    /// <param name="room">How many bytes the disk has for it: of less than the largest needs, none is begun.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null on success; otherwise why it failed.</returns>
    /// <exception cref="InvalidOperationException">It failed for no reason of the file's.</exception>
    public static async Task<CreativeRefusal?> ConvertAsync(
        string from, string to, long room, TimeSpan limit, CancellationToken cancellation)
    {
        if (room < LargestFile) return CreativeRefusal.ServerTrouble;
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Assembly.GetExecutingAssembly().Location] : [program];
        string[] root = Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } given ? [$"DOTNET_ROOT={given}"] : [];
        var result = await ChildProcess.RunAsync(
            "env", [.. root, .. self, Verb, from, to], limit, cancellation, memory: Memory, file: LargestFile);
        return result.Code switch
        {
            0 => null,
            Damaged => CreativeRefusal.Damaged,
            TooLarge => CreativeRefusal.MovingWebP,
            _ => result.Exhausted ? CreativeRefusal.TookTooLong
                : throw new InvalidOperationException($"{Verb} ended with {result.Code}: {result.Error}"),
        };
    }

    /// <summary>Converts a file in this process, when the arguments ask for that.</summary>
    /// <returns>The exit code; null when they do not.</returns>
    public static int? Run(string[] arguments)
    {
        if (arguments is not [Verb, var from, var to]) return null;
        using var codec = SKCodec.Create(from);
        if (codec is not { EncodedFormat: SKEncodedImageFormat.Webp, Info: var info } || BreaksOff(from)
            || VideoProperties.StillSizeRefusal(info.Width, info.Height) is not null) return Damaged;
        using var file = File.Create(to);
        return Convert(codec, file) ? 0 : Damaged;
    }

    // A decoder shows what is there.
    private static bool BreaksOff(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[8];
        file.ReadExactly(start);
        return BinaryPrimitives.ReadUInt32LittleEndian(start[4..]) + 8 > file.Length;
    }

    private static bool Convert(SKCodec codec, Stream file)
    {
        var frames = codec.FrameInfo; // a copy each time
        var shown = frames.Select(f => f.Duration > 10 ? f.Duration : 100).ToArray(); // as browsers show it
        // What is longer than any video may be is refused later, and need not be decoded.
        var count = 0;
        for (var total = 0.0; count < shown.Length && total <= VideoProperties.MaxSeconds + 1; count++) total += shown[count] / 1000.0;
        using var picture = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var pixels = picture.PeekPixels();
        var (width, height) = SizeOf(picture.Width, picture.Height);
        using var small = new SKBitmap(picture.Info.WithSize(width, height));
        using var smaller = small.PeekPixels();
        var shrinks = (width, height) != (picture.Width, picture.Height);
        var part = 0u; // of the animation, in order
        for (var frame = 0; frame < count; frame++)
        {
            var how = frames[frame].RequiredFrame < 0 ? new SKCodecOptions(frame) : new SKCodecOptions(frame, frame - 1);
            if (codec.GetPixels(picture.Info, picture.GetPixels(), how) != SKCodecResult.Success) return false;
            if (shrinks && !pixels.ScalePixels(smaller, Smooth)) return false;
            using var encoded = (shrinks ? smaller : pixels).Encode(Fast);
            if (encoded is null) return false;
            var png = encoded.AsSpan();
            if (frame == 0)
            {
                file.Write(Signature);
                Write(file, "IHDR"u8, png.Slice(Signature.Length + 8, 13));
                Write(file, "acTL"u8, [.. Bytes((uint)count), .. Bytes(0)]); // for ever
            }
            Write(file, "fcTL"u8, [
                .. Bytes(part++), .. Bytes((uint)width), .. Bytes((uint)height), .. Bytes(0), .. Bytes(0),
                .. Bytes16(shown[frame]), .. Bytes16(1000), 0, 0]);
            for (var at = Signature.Length; at + 12 <= png.Length;)
            {
                var length = (int)BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
                var data = png.Slice(at + 8, length);
                if (png.Slice(at + 4, 4).SequenceEqual("IDAT"u8))
                {
                    if (frame == 0) Write(file, "IDAT"u8, data);
                    else Write(file, "fdAT"u8, [.. Bytes(part++), .. data]);
                }
                at += 12 + length;
            }
        }
        if (count == 0) return false;
        Write(file, "IEND"u8, []);
        return true;
    }

    /// <summary>Within what players show, but no side shorter than is accepted.</summary>
    private static (int Width, int Height) SizeOf(int width, int height)
    {
        const double Longer = VideoProperties.PlayerSide, Shorter = VideoProperties.PlayerShortSide;
        var (most, least) = (Math.Max(width, height), Math.Min(width, height));
        var scale = Math.Min(1, Math.Max(Math.Min(Longer / most, Shorter / least), (double)VideoProperties.MinSide / least));
        int Side(int side) => scale < 1 ? (int)Math.Round(side * scale / 2) * 2 : side;
        return (Side(width), Side(height));
    }

    private static void Write(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var check = new Crc32();
        check.Append(type);
        check.Append(data);
        file.Write(Bytes((uint)data.Length));
        file.Write(type);
        file.Write(data);
        file.Write(Bytes(check.GetCurrentHashAsUInt32()));
    }

    private static byte[] Bytes(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes16(int value) => Bytes((uint)Math.Min(value, ushort.MaxValue))[2..];
}
