using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Creatives;

/// <summary>What comes out of the re-encode, by real ffmpeg.</summary>
public sealed partial class VideoTranscoderTests : IDisposable
{
    private readonly FilmWorkshop _shop = new();

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData("lying.webm", "2560x1440", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus", 1920, 1080)]
    [InlineData("standing.mov", "1440x2560", "-c:v libx264 -preset ultrafast -pix_fmt yuv422p -c:a pcm_s16le", 1080, 1920)]
    [InlineData("square.mkv", "1201x1201", "-c:v libx264 -preset ultrafast -c:a flac", 1080, 1080)]
    public async Task Make_FilmOfAnotherShapeAndCodec_FitsThePlayerAtTheLoudnessOfEbuR128(string name, string size, string codecs, int width, int height)
    {
        var path = await FilmWorkshop.FileAsync(name, [
            "-f", "lavfi", "-i", $"testsrc=s={size}:r=50:d=4", "-f", "lavfi", "-i", "anoisesrc=d=4:a=0.03:c=pink:seed=1", .. codecs.Split(' ')]);
        var told = new List<double>();
        var (film, refusal) = await _shop.MakeAsync(path, told.Add);
        Assert.Null(refusal);
        Assert.Equal((width, height, "aac", true), (film!.Value.Film.Width, film.Value.Film.Height, film.Value.Film.Sound, film.Value.Film.FitsPlayer));
        Assert.InRange(film.Value.Film.FramesPerSecond, 29.9, 30.1);
        Assert.InRange(await LoudnessAsync(_shop.PathOf(film.Value)), -24, -22);
        Assert.True(File.Exists(Path.Combine(_shop.Media, film.Value.Sha256 + ".jpg")));
        Assert.Equal(told.Order(), told);
        Assert.True(told.Distinct().Count() > 3, "Progress that never moves is none.");
    }

    [Fact]
    public async Task Make_SilenceAsSound_IsStoredSilent()
    {
        var path = await FilmWorkshop.FileAsync("quiet.mp4", "-f", "lavfi", "-i", "testsrc=s=320x180:r=10:d=2", "-f", "lavfi", "-i", "anullsrc=d=2", "-t", "2", "-c:v", "libx264", "-c:a", "aac", "-pix_fmt", "yuv420p");
        Assert.Null((await _shop.MakeAsync(path)).Film!.Value.Film.Sound);
    }

    [Theory]
    [InlineData("still.jpg", "3000x2000", 1620, 1080)]
    [InlineData("still.png", "1000x3000", 640, 1920)]
    [InlineData("still.webp", "640x360", 640, 360)]
    public async Task Make_Still_BecomesALoopOfTheChosenLength(string name, string size, int width, int height)
    {
        var path = await FilmWorkshop.FileAsync(name, "-f", "lavfi", "-i", $"testsrc=s={size}", "-frames:v", "1");
        var (film, refusal) = await _shop.MakeAsync(path);
        Assert.Null(refusal);
        Assert.Equal((width, height), (film!.Value.Film.Width, film.Value.Film.Height));
        Assert.InRange(film.Value.Film.Seconds, 1.95, 2.05);
        Assert.True(film.Value.Film.FitsPlayer);
    }

    [Fact]
    public async Task Make_Cancelled_EndsTheProgramAndLeavesNothing()
    {
        var path = await FilmWorkshop.FileAsync("long.mp4", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=20", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "35");
        using var enough = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _shop.MakeAsync(path, done =>
        {
            if (done > 0.05) enough.Cancel();
        }, enough.Token));
        Assert.Empty(Directory.GetFiles(Path.Combine(_shop.Media, "incoming")));
        Assert.Empty(Directory.GetFiles(_shop.Media));
    }

    private static async Task<double> LoudnessAsync(string path)
    {
        var (_, _, said) = await Programs.RunAsync("ffmpeg", ["-hide_banner", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-"]);
        return double.Parse(Integrated().Matches(said)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"I:\s+(-?[0-9.]+) LUFS")]
    private static partial Regex Integrated();
}
