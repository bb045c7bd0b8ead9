using FaceAd.Bench;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference;

/// <summary>Pictures of cameras that hang sideways.</summary>
public sealed class JpegOrientationTests : IDisposable
{
    private readonly JpegDecoder _decoder = new();
    private readonly PixelBuffer _pixels = new();

    public void Dispose() => _decoder.Dispose();

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task DecodeRgb_TaggedPicture_IsTurnedClockwise(int degrees)
    {
        var jpeg = await Pictures.NoFaceAsync();
        var upright = new PixelBuffer();
        var size = _decoder.DecodeRgb(jpeg, upright);
        var turned = _decoder.DecodeRgb(Tagged(jpeg, degrees), _pixels);
        Assert.Equal(degrees == 180 ? size : new JpegHeader(size.Height, size.Width), turned);
        Assert.Equal((turned.Width, turned.Height), (_pixels.Width, _pixels.Height));
        foreach (var (x, y) in new[] { (0, 0), (17, 5), (size.Width - 1, 3), (100, size.Height - 1) })
        {
            var (tx, ty) = degrees switch
            {
                90 => (size.Height - 1 - y, x),
                180 => (size.Width - 1 - x, size.Height - 1 - y),
                _ => (y, size.Width - 1 - x),
            };
            Assert.Equal(upright.Row(y).Slice(3 * x, 3), _pixels.Row(ty).Slice(3 * tx, 3));
        }
    }

    // The page says by how much to turn the camera's picture as it is seen now.
    [Theory]
    [InlineData(90, 6)]
    [InlineData(180, 3)]
    [InlineData(270, 8)]
    public async Task DecodeRgb_PictureWithATagOfItsOwn_IsTurnedByBoth(int degrees, int turn)
    {
        var jpeg = await Pictures.NoFaceAsync();
        var (seen, turned) = (new PixelBuffer(), new PixelBuffer());
        for (byte own = 1; own <= 8; own++)
        {
            // As a camera writes it: little-endian, and after another entry.
            byte[] tagged =
            [
                .. jpeg[..2], 0xFF, 0xE1, 0, 46, .. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 2, 0, 0x0F, 1, 2, 0, 4, 0, 0, 0, .. "cam\0"u8,
                0x12, 1, 3, 0, 1, 0, 0, 0, own, 0, 0, 0, 0, 0, 0, 0, .. jpeg[2..],
            ];
            Assert.Equal(own, JpegOrientation.Of(tagged));
            _decoder.DecodeRgb(tagged, seen);
            JpegOrientation.Turn(seen, turned, turn);
            _decoder.DecodeRgb(Tagged(tagged, degrees), _pixels);
            Assert.Equal((turned.Width, turned.Height), (_pixels.Width, _pixels.Height));
            Assert.True(turned.Pixels.SequenceEqual(_pixels.Pixels), $"own {own}");
        }
    }

    [Fact]
    public void Turn_AnyOrientation_IsWhatTheStandardSays() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (width, height, orientation) = (random.Next(1, 9), random.Next(1, 9), random.Next(2, 9));
        var (from, into) = (new PixelBuffer(), new PixelBuffer());
        from.Resize(width, height, random.Next(2) == 0 ? 1 : 3);
        random.NextBytes(from.Pixels);
        JpegOrientation.Turn(from, into, orientation);
        // The row and column of the stored picture that are seen at the top and at the left (CIPA DC-008, 4.6.5).
        for (var y = 0; y < into.Height; y++)
        {
            for (var x = 0; x < into.Width; x++)
            {
                var (sx, sy) = orientation switch
                {
                    2 => (width - 1 - x, y),
                    3 => (width - 1 - x, height - 1 - y),
                    4 => (x, height - 1 - y),
                    5 => (y, x),
                    6 => (y, height - 1 - x),
                    7 => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                for (var c = 0; c < from.Channels; c++)
                {
                    if (into.Row(y)[(x * from.Channels) + c] != from.Row(sy)[(sx * from.Channels) + c]) return false;
                }
            }
        }
        return (into.Width, into.Height) == (orientation >= 5 ? (height, width) : (width, height));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Of_AnyBytes_IsOneOfEightAndDoesNotThrow()
    {
        var tagged = Tagged(await Pictures.NoFaceAsync(), 90);
        Assert.Equal(6, JpegOrientation.Of(tagged));
        Assert.Equal(JpegOrientation.Upright, JpegOrientation.Of([]));
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var hostile = tagged.AsSpan(0, random.Next(60)).ToArray();
            for (var n = random.Next(4); n > 0 && hostile.Length > 0; n--) hostile[random.Next(hostile.Length)] = (byte)random.Next(256);
            Assert.InRange(JpegOrientation.Of(hostile), 1, 8);
        }
    }

    [Fact]
    public async Task Find_FaceInASidewaysPicture_IsFoundOnceItIsTagged()
    {
        var path = Path.Combine(TestFolders.New("turned"), "cabin.jpg");
        await File.WriteAllBytesAsync(path, await Pictures.CabinAsync((46, 200, 200)));
        // As a camera on its side stores it.
        var sideways = await Ffmpeg.RunAsync(["-i", path, "-vf", "transpose=2", "-q:v", "3", "-f", "mjpeg", "-"], CancellationToken.None);
        using var frame = Support.Models.Chain.Rent();
        Support.Models.Chain.Find(sideways, frame);
        Assert.Equal(0, frame.Count);
        Support.Models.Chain.Find(Tagged(sideways, 90), frame);
        Assert.Equal((1, 640, 360), (frame.Count, frame.Width, frame.Height));
    }

    private static byte[] Tagged(byte[] jpeg, int degrees) => [.. jpeg[..2], .. JpegOrientation.TagOf(degrees), .. jpeg[2..]];
}
