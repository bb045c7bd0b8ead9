using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Creatives;

/// <summary>What comes out of the re-encode, by real ffmpeg.</summary>
public sealed partial class VideoTranscoderTests : IDisposable
{
    private readonly TestTranscoder _transcoder = new();

    public void Dispose() => _transcoder.Dispose();

    [Theory]
    [InlineData("landscape.webm", "2048x1152", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus", 1920, 1080)]
    [InlineData("portrait.mov", "1152x2048", "-c:v libx264 -preset ultrafast -pix_fmt yuv422p -c:a pcm_s16le", 1080, 1920)]
    [InlineData("square.mkv", "1201x1201", "-c:v libx264 -preset ultrafast -c:a flac", 1080, 1080)]
    public async Task Make_VideoOfAnotherShapeAndCodec_FitsThePlayerAtTheLoudnessOfEbuR128(
        string name, string size, string codecs, int width, int height)
    {
        var path = await TestTranscoder.FileAsync(name, [
            "-f", "lavfi", "-i", $"testsrc=s={size}:r=40:d=1", "-f", "lavfi", "-i", "anoisesrc=d=1:a=0.03:c=pink:seed=1",
            .. codecs.Split(' ')]);
        var told = new List<double>();
        var (video, refusal) = await _transcoder.MakeAsync(path, told.Add);
        Assert.Null(refusal);
        Assert.Equal(
            (width, height, "aac", true), (video!.Value.Properties.Width, video.Value.Properties.Height, video.Value.Properties.Sound,
                video.Value.Properties.FitsPlayer));
        Assert.InRange(video.Value.Properties.FramesPerSecond, 29.9, 30.1);
        Assert.InRange(await LoudnessAsync(_transcoder.PathOf(video.Value)), -24, -22);
        Assert.True(File.Exists(Path.Combine(_transcoder.Media, video.Value.Sha256 + ".jpg")));
        Assert.Equal(told.Order(), told);
        // Looked at, encoded, played and stored; a second of film may be encoded and played before either tells how far it is.
        Assert.True(told.Distinct().Count() >= 3, $"Progress that never moves is none: {string.Join(", ", told)}.");
    }

    [Fact]
    public async Task Make_SilenceAsSound_IsStoredSilent()
    {
        var path = await TestTranscoder.FileAsync("quiet.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=2", "-f", "lavfi", "-i",
            "anullsrc=d=2", "-t", "2", "-c:v", "libx264", "-c:a", "aac", "-pix_fmt", "yuv420p");
        Assert.Null((await _transcoder.MakeAsync(path)).Video!.Value.Properties.Sound);
    }

    [Theory]
    [InlineData("still.jpg", "3000x2000", 1620, 1080)]
    [InlineData("still.png", "1000x3000", 640, 1920)]
    [InlineData("still.webp", "640x360", 640, 360)]
    public async Task Make_Still_BecomesALoopOfTheChosenLength(string name, string size, int width, int height)
    {
        var path = await TestTranscoder.FileAsync(name, "-f", "lavfi", "-i", $"testsrc=s={size}", "-frames:v", "1");
        var (video, refusal) = await _transcoder.MakeAsync(path);
        Assert.Null(refusal);
        Assert.Equal((width, height), (video!.Value.Properties.Width, video.Value.Properties.Height));
        Assert.InRange(video.Value.Properties.Seconds, 1.95, 2.05);
        Assert.True(video.Value.Properties.FitsPlayer);
    }

    [Fact]
    public async Task Make_Cancelled_EndsTheProgramAndLeavesNothing()
    {
        var path = await IdleQueueFixture.LongVideo.Value;
        using var enough = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _transcoder.MakeAsync(path, done =>
        {
            if (done > 0.05) enough.Cancel();
        }, enough.Token));
        Assert.Empty(Directory.GetFiles(Path.Combine(_transcoder.Media, "incoming")));
        Assert.Empty(Directory.GetFiles(_transcoder.Media));
    }

    private static async Task<double> LoudnessAsync(string path)
    {
        var (_, _, said) = await Programs.RunAsync("ffmpeg", ["-hide_banner", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-"]);
        return double.Parse(Integrated().Matches(said)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"I:\s+(-?[0-9.]+) LUFS")]
    private static partial Regex Integrated();
}
