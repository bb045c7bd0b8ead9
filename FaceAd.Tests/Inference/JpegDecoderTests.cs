using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

public sealed class JpegDecoderTests : IDisposable
{
    /// <summary>Grey, 16 x 16, progressive; its last scan has 11 bytes.</summary>
    const string Progressive =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/wgALCAAQABAB" +
        "AREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/2gAIAQEAAAABmY//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAEFAh//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEB" +
        "AAY/Ah//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAE/IR//2gAIAQEAAAAQD//EABQQAQAAAAAAAAAAAAAAAAAAACD/2gAIAQEAAT8QH//Z";

    readonly JpegDecoder _decoder = new();
    readonly PixelBuffer _pixels = new();

    public void Dispose() => _decoder.Dispose();

    [Fact]
    public async Task DecodeRgb_WholePicture_HasItsSize()
    {
        var size = _decoder.DecodeRgb(await Pictures.NoFaceAsync(), _pixels);

        Assert.Equal(new JpegHeader(640, 360), size);
        Assert.Equal((640, 360, 3), (_pixels.Width, _pixels.Height, _pixels.Channels));
    }

    [Theory]
    [InlineData(320, 320, 180)]
    [InlineData(321, 400, 225)]
    [InlineData(1, 80, 45)]
    [InlineData(5000, 640, 360)]
    public async Task DecodeRgb_LongerSideWanted_TakesTheSmallestScaleThatSuffices(int wanted, int width, int height)
    {
        _decoder.DecodeRgb(await Pictures.NoFaceAsync(), _pixels, wanted);

        Assert.Equal((width, height), (_pixels.Width, _pixels.Height));
    }

    [Fact]
    public async Task DecodeGrey_SamePicture_IsTheLumaOfTheColours()
    {
        var jpeg = await Pictures.NoFaceAsync();
        _decoder.DecodeRgb(jpeg, _pixels);
        var grey = new PixelBuffer();
        _decoder.DecodeGrey(jpeg, grey);

        var (sum, count) = (0.0, grey.Width * grey.Height);
        for (var i = 0; i < count; i++)
            sum += Math.Abs(
                grey.Pixels[i] - (0.299 * _pixels.Pixels[3 * i] + 0.587 * _pixels.Pixels[3 * i + 1] + 0.114 * _pixels.Pixels[3 * i + 2]));
        // Colours beyond the gamut are clipped, so single pixels differ.
        Assert.InRange(sum / count, 0, 3);
        Assert.Equal((640, 360, 1), (grey.Width, grey.Height, grey.Channels));
    }

    [Fact]
    public void DecodeRgb_NoBytes_IsInvalid() => Refused([], "empty");

    [Fact]
    public void DecodeRgb_NotAJpeg_IsInvalid()
    {
        Refused([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], "not a JPEG");
        Refused("GET / HTTP/1.1"u8.ToArray(), "not a JPEG");
        Refused(new byte[1000], "not a JPEG");
    }

    [Fact]
    public void DecodeRgb_OnlyTheMarkerOfAJpeg_IsInvalid() => Refused([0xFF, 0xD8, 0xFF, 0xD9], "JPEG");

    [Fact]
    public async Task DecodeRgb_Truncated_IsInvalidAndTheNextFrameIsNot()
    {
        var jpeg = await Pictures.NoFaceAsync();
        foreach (var share in new[] { 0.02, 0.3, 0.6, 0.95 }) Refused(jpeg[..(int)(jpeg.Length * share)], "JPEG");

        Assert.Equal(new JpegHeader(640, 360), _decoder.DecodeRgb(jpeg, _pixels));
    }

    [Fact]
    public void DecodeRgb_MoreBytesThanAllowed_IsInvalidWithoutBeingRead() =>
        Refused(new byte[1024 * 1024 + 1], "bytes");

    [Theory]
    [InlineData(20_000, 20_000)]
    [InlineData(4097, 16)]
    [InlineData(16, 4097)]
    [InlineData(4000, 2001)]
    [InlineData(65_500, 65_500)]
    public async Task DecodeRgb_HeaderClaimsTooMuch_IsInvalidWithoutAllocating(int width, int height)
    {
        var bomb = Pictures.WithHeaderSize(await Pictures.NoFaceAsync(), width, height);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Refused(bomb, "at most");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(0, _pixels.Width);
    }

    [Fact]
    public void DecodeRgb_ThousandsOfScans_IsInvalid()
    {
        // A few bytes a scan let a large picture cost minutes.
        var jpeg = Convert.FromBase64String(Progressive);
        Assert.Equal(new JpegHeader(16, 16), _decoder.DecodeRgb(jpeg, _pixels));

        Refused([.. jpeg[..^2], .. Enumerable.Repeat(jpeg[^13..^2], 5000).SelectMany(scan => scan), .. jpeg[^2..]], "scans");
    }

    [Fact]
    public async Task DecodeRgb_HoleInTheBody_IsInvalid()
    {
        // Such as packets that a camera's cable lost.
        var jpeg = await Pictures.NoFaceAsync();

        Refused([.. jpeg[..(jpeg.Length / 2)], .. jpeg[(jpeg.Length / 2 + 1000)..]], "damaged");
    }

    [Fact]
    public async Task DecodeRgb_RandomMutations_EitherDecodesOrIsInvalidAndNeverSpoilsTheNextFrame()
    {
        var jpeg = await Pictures.PatternAsync(96, 64);
        _decoder.DecodeRgb(jpeg, _pixels);
        var expected = _pixels.Pixels.ToArray();
        var random = new Random(20);
        var (decoded, refused) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            var mutant = (byte[])jpeg.Clone();
            for (var n = random.Next(1, 8); n > 0; n--) mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) mutant = mutant[..random.Next(mutant.Length)];
            try
            {
                var size = _decoder.DecodeRgb(mutant, _pixels);
                Assert.Equal((size.Width, size.Height), (_pixels.Width, _pixels.Height));
                decoded++;
            }
            catch (InvalidFrameException)
            {
                refused++;
            }
            _decoder.DecodeRgb(jpeg, _pixels);
            Assert.True(_pixels.Pixels.SequenceEqual(expected));
        }
        Assert.True(decoded > 0 && refused > 0, $"{decoded} decoded, {refused} refused");
    }

    [Fact]
    public async Task DecodeRgb_SteadyState_AllocatesNothing()
    {
        var jpeg = await Pictures.NoFaceAsync();
        _decoder.DecodeRgb(jpeg, _pixels);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 20; i++) _decoder.DecodeRgb(jpeg, _pixels);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    void Refused(byte[] jpeg, string because)
    {
        var e = Assert.Throws<InvalidFrameException>(() => _decoder.DecodeRgb(jpeg, _pixels));
        Assert.Contains(because, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
