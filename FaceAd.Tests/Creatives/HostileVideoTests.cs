using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Tests.Creatives;

/// <summary>
/// Files made to harm: whatever is not a video or picture of the supported kinds is refused, and only re-encoded content is kept.
/// </summary>
public sealed class HostileVideoTests : IDisposable
{
    private const string Marker = "<script>alert('polyglot')</script>PK\u0003\u0004marker";
    private readonly TestTranscoder _transcoder = new();

    public void Dispose() => _transcoder.Dispose();

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\nduration 10\n")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='640' height='360'><image href='{0}' width='640' height='360'/></svg>")]
    [InlineData(
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><BaseURL>{0}</BaseURL><Period><AdaptationSet/></Period></MPD>")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {1} RTP/AVP 96\na=control:{0}\n")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0\n#EXTM3U\n#EXTINF:10,\n{0}\n")]
    public async Task Make_FileThatNamesAnAddress_IsRefusedAndNobodyIsCalled(string content)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var (_, refusal) = await _transcoder.MakeAsync(
            Encoding.UTF8.GetBytes(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, content, $"http://127.0.0.1:{port}/a.mp4", port)));
        var expected = content.StartsWith("<svg", StringComparison.Ordinal) ? CreativeRefusal.Document : CreativeRefusal.NotAMediaFile;
        Assert.Equal(expected, refusal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Make_PictureWhoseHeaderAsksForGigabytes_IsRefusedBeforeItIsDecoded()
    {
        var before = GC.GetTotalAllocatedBytes();
        Assert.Equal(CreativeRefusal.WrongSize, (await _transcoder.MakeAsync(Png(60_000, 60_000))).Refusal);
        Assert.Equal(CreativeRefusal.WrongSize, (await _transcoder.MakeAsync(Png(0xFFFF_FFFF, 1))).Refusal);
        Assert.Equal(CreativeRefusal.WrongSize, (await _transcoder.MakeAsync(Jpeg(65_535, 65_535))).Refusal);
        Assert.Equal(CreativeRefusal.WrongSize, (await _transcoder.MakeAsync(WebP(16_383 + 1, 16_383 + 1))).Refusal);
        // each side is fine; 64 million pixels are not
        Assert.Equal(CreativeRefusal.WrongSize, (await _transcoder.MakeAsync(Png(8_000, 8_000))).Refusal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50_000_000);
    }

    [Fact]
    public async Task Make_PictureWhoseDataUnpackToFarMoreThanItsHeaderSays_IsRefused()
    {
        // 60 MB of zeroes pack into 60 KB.
        using var packed = new MemoryStream();
        await using (var zip = new System.IO.Compression.ZLibStream(
            packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var i = 0; i < 60; i++) await zip.WriteAsync(new byte[1_000_000]);
        }
        var (video, refusal) = await _transcoder.MakeAsync([.. Png(640, 360), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])]);
        // Decoded within the header's size or refused; either way in little memory and time.
        Assert.True(refusal == CreativeRefusal.Damaged || video is { Properties: { Width: 640, Height: 360 } });
    }

    [Fact]
    public async Task Make_VideoOfThousandsOfFramesASecond_IsRefused()
    {
        var video = await TestTranscoder.FileAsync("fast.mp4", "-f", "lavfi", "-i", "color=s=160x160:r=2000:d=2", "-c:v", "libx264",
            "-preset", "ultrafast", "-pix_fmt", "yuv420p");
        Assert.Equal(CreativeRefusal.TooManyFrames, (await _transcoder.MakeAsync(video)).Refusal);
    }

    [Fact]
    public async Task Make_LongerThanTheTimeAllowed_SaysSoAndEndsTheProgram()
    {
        using var hurried = new TestTranscoder(o => o.EncodeSeconds = 0);
        var video = await TestTranscoder.FileAsync("long.mp4", "-f", "lavfi", "-i", "testsrc=s=640x360:r=30:d=5", "-c:v", "libx264",
            "-preset", "ultrafast", "-pix_fmt", "yuv420p");
        var (_, refusal) = await hurried.MakeAsync(video);
        Assert.Equal(CreativeRefusal.TookTooLong, refusal);
        Assert.True(refusal!.Value.MayRetry());
        Assert.False(
            Directory.Exists(hurried.Media) && Directory.EnumerateFiles(hurried.Media, "*", SearchOption.AllDirectories).Any());
    }

    [Theory]
    [InlineData("video.mp4")]
    [InlineData("still.jpg")]
    [InlineData("still.png")]
    public async Task Make_Polyglot_OnlyThePictureIsStored(string name)
    {
        var path = name.EndsWith(".mp4", StringComparison.Ordinal)
            ? await TestTranscoder.FileAsync(name, "-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=2", "-c:v", "libx264", "-preset",
                "ultrafast", "-pix_fmt", "yuv420p", "-metadata", "title=" + Marker, "-metadata", "comment=" + Marker)
            : await TestTranscoder.FileAsync(
                name, "-f", "lavfi", "-i", "testsrc=s=320x180", "-frames:v", "1", "-metadata", "title=" + Marker);
        await File.AppendAllTextAsync(path, Marker);
        var (video, refusal) = await _transcoder.MakeAsync(path);
        Assert.Null(refusal);
        var stored = await File.ReadAllBytesAsync(_transcoder.PathOf(video!.Value));
        Assert.Equal(-1, stored.AsSpan().IndexOf("polyglot"u8));
        Assert.Equal(-1, stored.AsSpan().IndexOf("marker"u8));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    public async Task Make_PictureThatBreaksOff_IsRefused(string extension)
    {
        var path = await TestTranscoder.FileAsync("still." + extension, "-f", "lavfi", "-i", "testsrc2=s=1280x720", "-frames:v", "1");
        var whole = await File.ReadAllBytesAsync(path);
        Assert.Equal(CreativeRefusal.Damaged, (await _transcoder.MakeAsync(whole[..(whole.Length * 2 / 3)])).Refusal);
    }

    [Theory]
    [InlineData("nut", CreativeRefusal.NotAMediaFile, "-f", "nut")]
    [InlineData("avi", CreativeRefusal.WrongCodec, "-c:v", "huffyuv")]
    [InlineData("mov", CreativeRefusal.WrongCodec, "-c:v", "qtrle")]
    [InlineData("mov", CreativeRefusal.WrongCodec, "-c:v", "rawvideo")]
    [InlineData("mkv", CreativeRefusal.WrongSound, "-c:v", "libx264", "-c:a", "tta")]
    public async Task Make_KindThatIsNotOnTheLists_IsRefusedWithItsReason(string extension, CreativeRefusal expected, params string[] codec)
    {
        var path = await TestTranscoder.FileAsync(
            "video." + extension, ["-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2", .. codec]);
        Assert.Equal(expected, (await _transcoder.MakeAsync(path)).Refusal);
    }

    [Fact]
    public async Task Make_RandomBytesBehindEveryKnownBeginning_AreRefusedOrAtMostAPictureOfNoise()
    {
        var random = new Random(7);
        foreach (var start in new byte[][] { Png(640, 360), Jpeg(640, 360), WebP(
            640, 360), [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0], [0x1A, 0x45, 0xDF, 0xA3] })
        {
            var noise = new byte[20_000];
            random.NextBytes(noise);
            var (video, refusal) = await _transcoder.MakeAsync([.. start, .. noise]);
            Assert.True(refusal is not null
                || (start[0] == 0xFF && video is { Properties: { Width: 640, Height: 360, FitsPlayer: true } }), $"{start[0]:x2}: {video}");
        }
        Assert.Empty(Directory.GetFiles(Path.Combine(_transcoder.Media, "incoming")));
    }

    [Theory]
    [InlineData("frame outside", CreativeRefusal.Damaged)]
    [InlineData("chunk without end", CreativeRefusal.Damaged)]
    [InlineData("no frame", CreativeRefusal.Damaged)]
    [InlineData("spoilt frame", CreativeRefusal.Damaged)]
    [InlineData("huge canvas", CreativeRefusal.WrongSize)]
    [InlineData("long canvas", CreativeRefusal.WrongSize)]
    [InlineData("frame of hours", CreativeRefusal.TooLong)]
    [InlineData("thousands of frames", CreativeRefusal.TooLong)]
    public async Task Make_MovingWebPThatLies_IsRefused(string lie, CreativeRefusal expected)
    {
        AnimatedWebP.Frame red = new(0, 0, 320, 180, "#ff0000", 500), blue = new(20, 20, 100, 60, "#0000ff", 500);
        var good = AnimatedWebP.Make(320, 180, red, blue);
        var second = good.AsSpan().LastIndexOf("ANMF"u8);
        byte[] Changed(int at, params byte[] to) => [.. good[..at], .. to, .. good[(at + to.Length)..]];
        var webp = lie switch
        {
            "frame outside" => AnimatedWebP.Make(320, 180, red, blue with { X = 300 }),
            "chunk without end" => Changed(second + 4, 0xFF, 0xFF, 0xFF, 0xFF),
            "no frame" => AnimatedWebP.Make(320, 180),
            "spoilt frame" => Changed(second + 8 + 16 + 8 + 5, [.. Enumerable.Repeat((byte)0xFF, 6)]),
            "huge canvas" => AnimatedWebP.Make(16_384, 16_384, red, blue),
            "long canvas" => AnimatedWebP.Make(5_000, 200, red, blue),
            "frame of hours" => AnimatedWebP.Make(320, 180, red, blue with { Milliseconds = 0xFFFFFF }),
            _ => AnimatedWebP.Make(320, 180, [red, .. Enumerable.Repeat(blue with { Width = 2, Height = 2, Milliseconds = 0 }, 20_000)]),
        };
        var (_, refusal) = await _transcoder.MakeAsync(webp);
        Assert.Equal(expected, refusal);
        Assert.Empty(Directory.GetFiles(Path.Combine(_transcoder.Media, "incoming")));
    }

    [Fact]
    public async Task Make_MovingWebPSpoiltAnywhere_IsRefusedOrMade()
    {
        var good = AnimatedWebP.Make(
            320, 180, new(0, 0, 320, 180, "#ff0000", 500), new(20, 20, 100, 60, "#800000ff", 500, Clears: true));
        var random = new Random(11);
        for (var i = 0; i < 12; i++)
        {
            var spoilt = (byte[])good.Clone();
            for (var n = 0; n < 3; n++) spoilt[random.Next(20, spoilt.Length)] = (byte)random.Next(256);
            var (video, refusal) = await _transcoder.MakeAsync(spoilt);
            Assert.True(refusal is not CreativeRefusal.ServerTrouble && video is null != refusal is null, $"{i}: {refusal}");
        }
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\Windows\\win.ini", "win")]
    [InlineData("/absolute/Summer sale.mp4", "Summer sale")]
    [InlineData("", "video")]
    [InlineData("...", "..")]
    [InlineData("a\u0000b\r\nc.mp4", "abc")]
    public void Tidy_NameWithPathParts_IsANameForPeople(string name, string expected) => Assert.Equal(expected, CreativeUploads.Tidy(name));

    private static byte[] Png(uint width, uint height)
    {
        var size = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(size, width);
        BinaryPrimitives.WriteUInt32BigEndian(size.AsSpan(4), height);
        (size[8], size[9]) = (8, 2);
        return [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", size)];
    }

    private static byte[] Chunk(string kind, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(kind), .. content];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        var crc = uint.MaxValue;
        foreach (var b in named)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        var check = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(check, ~crc);
        return [.. length, .. named, .. check];
    }

    private static byte[] Jpeg(ushort width, ushort height) =>
    [
        0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0,
        0xFF, 0xC0, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
    ];

    private static byte[] WebP(int width, int height)
    {
        byte[] Three(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
        return [.. "RIFF"u8, 100, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, .. Three(width - 1), .. Three(height - 1), 0, 0];
    }
}
