using System.Buffers.Binary;
using System.IO.Hashing;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using SkiaSharp;

namespace FaceAd.Tests.Creatives;

/// <summary>Pictures that move, by what is seen of them when: layers, holes, sizes, and the room that they take.</summary>
public sealed class MovingPictureTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly TestTranscoder _transcoder = new();

    public void Dispose() => _transcoder.Dispose();

    [Fact]
    public async Task Make_WebPOfPartsHolesAndUnevenTimes_ShowsEachAsBrowsersDo()
    {
        var (made, refusal) = await _transcoder.MakeAsync(AnimatedWebP.Make(
            320, 180,
            new(0, 0, 320, 180, "#ff0000", 500),
            new(20, 20, 100, 60, "#0000ff", 200, Clears: true),
            new(200, 100, 100, 60, "#8000ff00", 200, Blends: false),
            new(200, 20, 60, 40, "#80ffffff", 100)));
        Assert.Null(refusal);
        Assert.Equal(2, made!.Value.Properties.Seconds, 0.05); // two turns
        await _transcoder.ShowsAsync(made.Value, 0.25, (60, 50), 0xFF0000);
        await _transcoder.ShowsAsync(made.Value, 0.6, (60, 50), 0x0000FF);
        await _transcoder.ShowsAsync(made.Value, 0.6, (10, 170), 0xFF0000);
        await _transcoder.ShowsAsync(made.Value, 0.8, (60, 50), 0x000000); // cleared; players show black there
        await _transcoder.ShowsAsync(made.Value, 0.8, (250, 130), 0x008000); // half transparent, with nothing behind it
        await _transcoder.ShowsAsync(made.Value, 0.8, (230, 40), 0xFF0000);
        await _transcoder.ShowsAsync(made.Value, 0.95, (230, 40), 0xFF8080); // half transparent, with red behind it
        await _transcoder.ShowsAsync(made.Value, 1.25, (60, 50), 0xFF0000);
        await _transcoder.ShowsAsync(made.Value, 1.6, (60, 50), 0x0000FF);
    }

    [Fact]
    public async Task Make_PngWhoseFirstPictureIsForOldProgramsOnly_DoesNotShowIt()
    {
        var (made, refusal) = await _transcoder.MakeAsync(Png(320, 180, "#ff0000", ("#0000ff", 300), ("#00ff00", 700)));
        Assert.Null(refusal);
        Assert.Equal(2, made!.Value.Properties.Seconds, 0.05);
        await _transcoder.ShowsAsync(made.Value, 0.02, (60, 50), 0x0000FF);
        await _transcoder.ShowsAsync(made.Value, 0.9, (60, 50), 0x00FF00);
        await _transcoder.ShowsAsync(made.Value, 1.1, (60, 50), 0x0000FF);
    }

    [Theory]
    [InlineData(2400, 1350, 1920, 1080)]
    [InlineData(1000, 3000, 640, 1920)]
    [InlineData(4000, 200, 3200, 160)] // no side is shorter than is taken
    [InlineData(641, 361, 641, 361)]
    public async Task Run_WebPLargerThanPlayersShow_IsMadeSmallerBeforeItTakesRoom(int width, int height, int toWidth, int toHeight)
    {
        var (from, to) = await FilesAsync(AnimatedWebP.Make(
            width, height, new(0, 0, width, height, "#0000ff", 500), new(0, 0, width / 2, height, "#ff0000", 500)));
        Assert.Equal(0, MovingWebP.Run([MovingWebP.Verb, from, to]));
        using var first = SKBitmap.Decode(to);
        Assert.Equal((toWidth, toHeight), (first.Width, first.Height));
        Assert.Equal(new SKColor(0, 0, 255), first.GetPixel(toWidth / 4, toHeight / 2));
        var (made, _) = await _transcoder.MakeAsync(await File.ReadAllBytesAsync(from));
        await _transcoder.ShowsAsync(made!.Value, 0.75, (made.Value.Properties.Width / 4, 50), 0xFF0000);
        await _transcoder.ShowsAsync(made.Value, 0.75, (made.Value.Properties.Width * 3 / 4, 50), 0x0000FF);
    }

    /// <summary>The last of the disk is for the database.</summary>
    [Fact]
    public async Task Make_WebPWhileTheDiskIsAlmostFull_MayBeTriedAgain()
    {
        using var full = new TestTranscoder(o => o.LeastFreeBytes = long.MaxValue); // no disk has so much
        var webp = AnimatedWebP.Make(320, 180, new(0, 0, 320, 180, "#0000ff", 500), new(0, 0, 320, 180, "#ff0000", 500));
        var (_, refusal) = await full.MakeAsync(webp);
        Assert.Equal(CreativeRefusal.ServerTrouble, refusal);
        Assert.True(refusal!.Value.MayRetry());
        Assert.Empty(Directory.GetFiles(Path.Combine(full.Media, "incoming")));

        var (from, to) = await FilesAsync(webp);
        Assert.Equal(CreativeRefusal.ServerTrouble, await MovingWebP.ConvertAsync(from, to, 1_000_000_000, Long, CancellationToken.None));
        Assert.Null(await MovingWebP.ConvertAsync(from, to, 2_000_000_000, Long, CancellationToken.None));
    }

    private static async Task<(string From, string To)> FilesAsync(byte[] content)
    {
        var folder = TestFolders.New("moving");
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.webp"), content);
        return (Path.Combine(folder, "a.webp"), Path.Combine(folder, "a.png"));
    }

    /// <summary>An animated PNG with a first picture that is no part of the animation.</summary>
    private static byte[] Png(int width, int height, string first, params (string Colour, short Milliseconds)[] shown)
    {
        var file = new MemoryStream();
        var part = 0;
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        foreach (var (name, data) in Chunks(first).Where(c => c.Name is "IHDR")) Write(name, data);
        Write("acTL", [.. Four(shown.Length), .. Four(0)]);
        foreach (var (name, data) in Chunks(first).Where(c => c.Name is "IDAT")) Write(name, data);
        foreach (var (colour, milliseconds) in shown)
        {
            Write("fcTL", [
                .. Four(part++), .. Four(width), .. Four(height), .. new byte[8], (byte)(milliseconds >> 8), (byte)milliseconds, 1000 >> 8,
                unchecked((byte)1000), 0, 0]);
            foreach (var (_, data) in Chunks(colour).Where(c => c.Name is "IDAT")) Write("fdAT", [.. Four(part++), .. data]);
        }
        Write("IEND", []);
        return file.ToArray();

        void Write(string name, byte[] data)
        {
            byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(name), .. data];
            file.Write([.. Four(data.Length), .. named, .. Four((int)Crc32.HashToUInt32(named))]);
        }

        IEnumerable<(string Name, byte[] Data)> Chunks(string colour)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
            bitmap.Erase(SKColor.Parse(colour));
            using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            var png = encoded.ToArray();
            for (var at = 8; at < png.Length;)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
                yield return (System.Text.Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
                at += 12 + length;
            }
        }
    }

    private static byte[] Four(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
