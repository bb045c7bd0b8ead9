using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;

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
        // Looked at, encoded, played and stored; a second of video may be encoded and played before either tells how far it is.
        Assert.True(told.Distinct().Count() >= 3, $"Progress that never moves is none: {string.Join(", ", told)}.");
    }

    /// <summary>As agencies, old programs and discs make them.</summary>
    [Theory]
    [InlineData("old.avi", "avi", "-c:v mpeg4 -bf 2 -c:a libmp3lame")]
    [InlineData("h264.avi", "avi", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a ac3")]
    [InlineData("office.avi", "avi", "-c:v msmpeg4 -c:a pcm_u8")]
    [InlineData("office.wmv", "asf", "-c:v wmv2 -c:a wmav2")]
    [InlineData("station.mxf", "mxf", "-c:v mpeg2video -c:a pcm_s16le -ar 48000")]
    [InlineData("edit.mxf", "mxf", "-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p -c:a pcm_s24le -ar 48000")]
    [InlineData("page.flv", "flv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")]
    [InlineData("old page.flv", "flv", "-c:v flv -an")]
    [InlineData("bare.m2v", "mpegvideo", "-c:v mpeg2video -an")]
    [InlineData("bare.m1v", "mpegvideo", "-c:v mpeg1video -an")]
    [InlineData("disc.m2ts", "mpegts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_bluray -ar 48000")]
    [InlineData("disc.mpg", "mpeg", "-c:v mpeg2video -c:a pcm_dvd -ar 48000 -f vob")]
    [InlineData("cinema.ts", "mpegts", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a dca -strict -2 -ar 48000")]
    [InlineData("a.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s32be")]
    [InlineData("b.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_f32be")]
    [InlineData("c.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_f64le")]
    [InlineData("d.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_f64be")]
    [InlineData("e.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_u8")]
    [InlineData("f.mov", "mov", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a pcm_s8")]
    public async Task Make_ContainersAndSoundsOfAgenciesAndOldPrograms_AreTaken(string name, string demuxer, string codecs)
    {
        var path = await TestTranscoder.FileAsync(name, [
            "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", .. codecs.Split(' ')]);
        Assert.Equal(demuxer, (await MediaKind.OfAsync(path, CancellationToken.None))?.Demuxer);
        var (video, refusal) = await _transcoder.MakeAsync(path);
        Assert.Null(refusal);
        Assert.Equal(2, video!.Value.Properties.Seconds, 0.1);
        Assert.Equal(25, video.Value.Properties.FramesPerSecond, 0.01);
        Assert.Equal(codecs.EndsWith("-an", StringComparison.Ordinal) ? null : "aac", video.Value.Properties.Sound);
    }

    /// <summary>Tape by FireWire: two fields, and pixels that are not square.</summary>
    [Fact]
    public async Task Make_DvInAvi_IsWholeAndInItsShape()
    {
        var path = await TestTranscoder.FileAsync("tape.avi", "-f", "lavfi", "-i", "testsrc2=s=720x576:r=50:d=2", "-vf",
            "interlace=scan=bff:lowpass=0,setsar=16/15", "-c:v", "dvvideo", "-pix_fmt", "yuv420p");
        var (video, refusal) = await _transcoder.MakeAsync(path);
        Assert.Null(refusal);
        Assert.Equal((768, 576), (video!.Value.Properties.Width, video.Value.Properties.Height));
        var (_, _, said) = await Programs.RunAsync(
            "ffmpeg", ["-hide_banner", "-nostdin", "-i", _transcoder.PathOf(video.Value), "-vf", "idet", "-f", "null", "-"]);
        Assert.Null(Measured.Parse(said).Fields);
    }

    [Theory]
    [InlineData("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj <</Type/Catalog>> endobj")]
    [InlineData("8BPS\0\u0001\0\0\0\0\0\0\0\u0003\0\0\u0001\0\0\0\u0001\0\0\u0008\0\u0003\0\0\0\0\0\0")]
    [InlineData("<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width='640' height='360'/>")]
    [InlineData("PK\u0003\u0004\u0014\0\u0006\0\u0008\0\0\0!\0ppt/presentation.xml [Content_Types].xml")]
    public async Task Make_DocumentOrDrawing_IsRefusedAsThat(string content)
    {
        var (_, refusal) = await _transcoder.MakeAsync(System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Equal(CreativeRefusal.Document, refusal);
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
