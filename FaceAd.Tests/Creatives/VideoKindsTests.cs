using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;

namespace FaceAd.Tests.Creatives;

/// <summary>
/// Videos, pictures and sounds of the kinds that agencies, phones and browsers make, one by one; see VideoMatrixTests for pairs.
/// </summary>
public sealed partial class VideoKindsTests : IDisposable
{
    private static readonly string[] H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    private static readonly string[] Moving = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"];
    private readonly TestTranscoder _transcoder = new();
    private string _made = "";
    private TranscodedVideo _video;

    public void Dispose() => _transcoder.Dispose();

    // The usual recipe of slide shows: each picture is one frame.
    [Fact]
    public async Task Make_SlideShowOfOneFrameInTenSeconds_IsBroughtToASteadyRate()
    {
        var made = await MakeAsync("slides.mp4", ["-f", "lavfi", "-i", "testsrc=s=320x180:r=1/10:d=30", .. H264]);
        Assert.Equal((30, 30), (Math.Round(made.Seconds, 1), Math.Round(made.FramesPerSecond, 2)));
        Assert.Equal(900, await FramesAsync());
    }

    [Fact]
    public async Task Make_SoundLongerThanThePicture_EndsWithThePicture()
    {
        var made = await MakeAsync("long.mp4", [.. Moving, "-f", "lavfi", "-i", "sine=d=20", .. H264, "-c:a", "aac"]);
        Assert.Equal(2, made.Seconds, 0.05);
        Assert.Equal(2, await SoundSecondsAsync(), 0.05);
    }

    [Fact]
    public async Task Make_ScreenRecordingOfTwoRates_KeepsTheFasterOne()
    {
        var made = await MakeAsync("screen.mp4", ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=4", "-vf",
            "select='if(lt(t,2),not(mod(n,15)),1)'", "-fps_mode", "vfr", .. H264]);
        Assert.Equal((30, 4), (Math.Round(made.FramesPerSecond, 2), Math.Round(made.Seconds, 1)));
        Assert.InRange(await DifferentFramesAsync(), 60, 70); // not every second picture of the fast half
    }

    [Theory]
    [InlineData("tff", "tff", false)]
    [InlineData("bff", "bff", false)]
    [InlineData("tff", null, false)] // the header says that pictures are whole
    [InlineData(null, "tff", true)] // the header says that they are not
    public async Task Make_Interlaced_IsWhatItsPicturesSayNotItsHeader(string? fields, string? says, bool isWhole)
    {
        string[] weave = fields is null ? [] : [$"interlace=scan={fields}:lowpass=0"];
        var path = await TestTranscoder.FileAsync("tv.mov", ["-f", "lavfi", "-i", $"testsrc2=s=360x240:r={(fields is null ? 25 : 50)}:d=2",
            "-vf", string.Join(',', [.. weave, says is null ? "setfield=prog" : $"setfield={says}", "setsar=8/9"]),
            "-c:v", "libx264", "-preset", "ultrafast", "-qp", "10", .. says is null ? (string[])[] : ["-x264-params", $"{says}=1"]]);
        var made = await MakeAsync(path);
        Assert.Equal((320, 240, 25), (made.Width, made.Height, Math.Round(made.FramesPerSecond)));
        var combed = await CombedAsync();
        Assert.InRange(combed, 0, 5);
        if (isWhole) Assert.InRange(await DifferentFramesAsync(), 48, 50);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)] // careless tools do not say what it is
    public async Task Make_CoverArtBeforeOrBehindTheVideo_TheVideoIsTaken(bool isFirst, bool isMarked)
    {
        var cover = await TestTranscoder.FileAsync("cover.jpg", "-f", "lavfi", "-i", "color=red:s=600x600", "-frames:v", "1");
        string[] inputs = [.. Moving, "-i", cover];
        var maps = isFirst ? ("1:v", "0:v", "0") : ("0:v", "1:v", "1");
        var made = await MakeAsync("covered.mp4", [.. inputs, "-map", maps.Item1, "-map", maps.Item2, .. H264,
            "-c:v:" + maps.Item3, "copy", "-disposition:v:" + maps.Item3, isMarked ? "attached_pic" : "0"]);
        Assert.Equal((320, 180, 2), (made.Width, made.Height, Math.Round(made.Seconds)));
    }

    [Theory]
    [InlineData("many.mkv", "flac", "srt")]
    [InlineData("many.mov", "pcm_s24le", "mov_text")] // with a track of time codes
    public async Task Make_SeveralSoundsSubtitlesAndData_TheMarkedSoundIsTaken(string name, string sound, string text)
    {
        var titles = Path.Combine(TestFolders.New("titles"), "titles.srt");
        await File.WriteAllTextAsync(titles, "1\n00:00:00,000 --> 00:00:01,000\nHello\n");
        string[] sounds = ["-f", "lavfi", "-i", "anullsrc=d=2", "-f", "lavfi", "-i", "sine=d=2"];
        var path = await TestTranscoder.FileAsync(name, [
            .. Moving, .. sounds, "-i", titles, "-map", "1:a", "-map", "2:a", "-map", "3:s", "-map", "0:v", .. H264, "-c:a", sound,
            "-c:s", text, "-t", "2", "-disposition:a:0", "0", "-disposition:a:1", "default", "-timecode", "01:00:00:00"]);
        var (_, streams, _) = await Programs.RunAsync("ffprobe", ["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv", path]);
        Assert.Equal(name == "many.mov", streams.Contains("data", StringComparison.Ordinal));
        var made = await MakeAsync(path);
        Assert.Equal("aac", made.Sound); // the silent one would have been left out
    }

    [Fact]
    public async Task Make_SoundOfUnknownKindBesideAKnownOne_TheKnownOneIsTaken()
    {
        var made = await MakeAsync("two.mkv", [.. Moving, "-f", "lavfi", "-i", "sine=d=2", "-map", "1:a", "-map", "1:a", "-map", "0:v",
            .. H264, "-c:a:0", "tta", "-c:a:1", "aac"]);
        Assert.Equal("aac", made.Sound);
    }

    // Phones cut by an edit list, and turn by a matrix.
    [Theory]
    [InlineData(90, 180, 320, 20, 300)] // against the clock: its upper left corner comes to the lower left
    [InlineData(180, 320, 180, 300, 160)]
    [InlineData(-90, 180, 320, 160, 20)]
    public async Task Make_TurnedByAMatrixAndCutByAnEditList_IsUprightAndBeginsAtTheCut(
        int turned, int width, int height, int cornerX, int cornerY)
    {
        var whole = await TestTranscoder.FileAsync(
            "whole.mp4", [.. Moving, "-vf", "drawbox=w=60:h=60:c=0xC00000:t=fill", .. H264, "-g", "50"]);
        var path = Path.Combine(TestFolders.New("video"), "cut.mp4");
        string[] cut = ["-nostdin", "-v", "error", "-y", "-ss", "0.48", "-i", whole, "-c", "copy", path];
        // Versions of ffmpeg know either the one option or the other.
        if ((await Programs.RunAsync("ffmpeg", ["-display_rotation", Text(turned), .. cut])).Code != 0)
        {
            cut[^1] = "-metadata:s:v";
            await TestClips.RunAsync("ffmpeg", [.. cut, "rotate=" + Text((360 + turned) % 360), path]);
        }
        var made = await MakeAsync(path);
        Assert.Equal((width, height), (made.Width, made.Height));
        Assert.Equal(1.52, made.Seconds, 0.06);
        await _transcoder.ShowsAsync(_video, 0.5, (cornerX, cornerY), 0xC00000);
        static string Text(int degrees) => degrees.ToString(CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("ring.gif", 0.4, 2)]
    [InlineData("ring.apng", 0.4, 2)]
    [InlineData("ring.webp", 0.4, 2)]
    [InlineData("ring.gif", 1.4, 1.4)] // whole turns: one is nearer to the two seconds asked for than two are
    [InlineData("ring.gif", 3.2, 3.2)]
    public async Task Make_MovingPicture_BecomesALoopOfWholeTurns(string name, double turn, double seconds)
    {
        var made = await MakeAsync(name, [
            "-f", "lavfi", "-i", $"testsrc2=s=320x180:r=10:d={turn.ToString(CultureInfo.InvariantCulture)}", .. name switch
            {
                "ring.apng" => (string[])["-plays", "0", "-f", "apng"],
                "ring.webp" => ["-c:v", "libwebp_anim"],
                _ => [],
            }]);
        Assert.Equal(seconds, made.Seconds, 0.05);
        Assert.Equal(30, made.FramesPerSecond, 0.01);
        Assert.InRange(await DifferentFramesAsync(), (10 * seconds) - 1, (10 * seconds) + 1);
    }

    [Fact]
    public async Task Make_MovingWebPThatBreaksOff_IsDamaged()
    {
        var whole = await File.ReadAllBytesAsync(
            await TestTranscoder.FileAsync("ring.webp", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=1", "-c:v", "libwebp_anim"));
        var (made, refusal) = await _transcoder.MakeAsync(whole[..(whole.Length / 2)]);
        Assert.Null(made);
        Assert.Equal(CreativeRefusal.Damaged, refusal);
    }

    [Fact]
    public async Task Make_GifOfOnePicture_StandsStill()
    {
        var made = await MakeAsync("one.gif", ["-f", "lavfi", "-i", "testsrc=s=320x180", "-frames:v", "1"]);
        Assert.Equal((2, 1), (Math.Round(made.Seconds, 1), await DifferentFramesAsync()));
    }

    [Fact]
    public async Task Make_JpegThatIsTurnedByExif_IsUpright()
    {
        var picture = await File.ReadAllBytesAsync(
            await TestTranscoder.FileAsync("side.jpg", "-f", "lavfi", "-i", "testsrc=s=640x360", "-frames:v", "1"));
        byte[] exif = [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(exif.Length + 2));
        var (made, _) = await _transcoder.MakeAsync([.. picture[..2], 0xFF, 0xE1, .. length, .. exif, .. picture[2..]]);
        Assert.Equal((360, 640), (made!.Value.Properties.Width, made.Value.Properties.Height));
    }

    [Fact]
    public async Task Make_BlurayStreamAndQuickTimeWithoutABrand_AreTaken()
    {
        var disc = await MakeAsync("disc.m2ts", [.. Moving, .. H264, "-f", "mpegts", "-mpegts_m2ts_mode", "1"]);
        Assert.Equal(2, disc.Seconds, 0.05);
        var tape = await TestTranscoder.FileAsync("tape.mov", [.. Moving, "-c:v", "prores_ks", "-movflags", "-faststart"]);
        var bytes = await File.ReadAllBytesAsync(tape);
        var brand = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes);
        // Its samples are no longer where it says, as a careless tool leaves them.
        var (made, refusal) = await _transcoder.MakeAsync(bytes[brand..]);
        Assert.True(made is not null || refusal == CreativeRefusal.Damaged, $"{refusal}");
    }

    [Theory]
    [InlineData("sound.mp3", "libmp3lame")]
    [InlineData("sound.m4a", "aac")]
    [InlineData("sound.wav", "pcm_s16le")]
    [InlineData("sound.flac", "flac")]
    [InlineData("sound.ogg", "libvorbis")]
    [InlineData("sound.mka", "libopus")]
    [InlineData("sound.aac", "aac")]
    [InlineData("sound.aiff", "pcm_s16be")]
    public async Task Make_SoundAlone_IsRefusedAsThat(string name, string codec)
    {
        var path = await TestTranscoder.FileAsync(name, "-f", "lavfi", "-i", "sine=d=2", "-c:a", codec);
        Assert.Equal(CreativeRefusal.SoundOnly, await RefusalAsync(path));
    }

    [Fact]
    public async Task Make_SongWithItsCover_IsRefusedAsSound()
    {
        var cover = await TestTranscoder.FileAsync("cover.jpg", "-f", "lavfi", "-i", "color=red:s=600x600", "-frames:v", "1");
        Assert.Equal(CreativeRefusal.SoundOnly, await RefusalAsync(await TestTranscoder.FileAsync(
            "song.m4a", "-f", "lavfi", "-i", "sine=d=20", "-i", cover, "-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "copy",
            "-disposition:v:0", "attached_pic")));
    }

    [Fact]
    public async Task Make_PictureOfAPhoneInHeif_IsRefusedByItsName()
    {
        var (_, refusal) = await _transcoder.MakeAsync([0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1heic"u8, .. new byte[100]]);
        Assert.Equal(CreativeRefusal.HeifPicture, refusal);
    }

    [Theory]
    [InlineData("video.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -movflags +faststart")]
    [InlineData("video.mkv", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p")]
    public async Task Make_VideoThatBreaksOff_IsRefused(string name, string codec)
    {
        var path = await TestTranscoder.FileAsync(name, ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6", .. codec.Split(' ')]);
        var whole = await File.ReadAllBytesAsync(path);
        Assert.Equal(CreativeRefusal.Damaged, (await _transcoder.MakeAsync(whole[..(whole.Length / 2)])).Refusal);
    }

    private async Task<VideoProperties> MakeAsync(string name, string[] arguments) =>
        await MakeAsync(await TestTranscoder.FileAsync(name, arguments));

    private async Task<VideoProperties> MakeAsync(string path)
    {
        var (made, refusal) = await _transcoder.MakeAsync(path);
        Assert.True(refusal is null, $"{refusal}");
        _video = made!.Value;
        _made = _transcoder.PathOf(_video);
        return _video.Properties;
    }

    private async Task<CreativeRefusal?> RefusalAsync(string path) => (await _transcoder.MakeAsync(path)).Refusal;

    private Task<int> FramesAsync() => CountAsync("null");

    // What encoding does to a picture that stands still is no difference.
    private Task<int> DifferentFramesAsync() => CountAsync("mpdecimate=hi=1024:lo=512:frac=0.02");

    private async Task<int> CountAsync(string filter)
    {
        var (_, printed, _) = await Programs.RunAsync(
            "ffmpeg", ["-v", "error", "-nostdin", "-i", _made, "-an", "-vf", filter, "-fps_mode", "passthrough", "-f", "framemd5", "-"]);
        return printed.Split('\n').Count(l => l.Length > 0 && l[0] != '#');
    }

    private async Task<double> SoundSecondsAsync()
    {
        var (_, printed, _) = await Programs.RunAsync(
            "ffprobe", ["-v", "error", "-select_streams", "a", "-show_entries", "stream=duration", "-of", "csv=p=0", _made]);
        return double.Parse(printed, CultureInfo.InvariantCulture);
    }

    private async Task<int> CombedAsync()
    {
        var (_, _, printed) = await Programs.RunAsync("ffmpeg", ["-hide_banner", "-nostdin", "-i", _made, "-vf", "idet", "-f", "null", "-"]);
        var counts = Fields().Matches(printed)[^1].Groups;
        return int.Parse(counts[1].Value, CultureInfo.InvariantCulture) + int.Parse(counts[2].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Multi frame detection: TFF: *(\d+) BFF: *(\d+)")]
    private static partial Regex Fields();
}
