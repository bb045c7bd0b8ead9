using FaceAd.Tests.Player;
using FaceAd.Tests.Support;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Rehearsal;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceAd.Tests.Creatives;

/// <summary>The transcoder with a folder of its own, without the app.</summary>
sealed class TestTranscoder : IDisposable
{
    private readonly FfmpegProcess _tool;

    public TestTranscoder(Action<MediaOptions>? set = null, HeadlessChromium? chromium = null, ILoggerProvider? log = null)
    {
        var options = new MediaOptions { PlayBeforeApproval = false };
        set?.Invoke(options);
        var folder = new DataFolder(TestFolders.New("workshop"));
        Media = folder.Media;
        Uploads = new UploadFolder(folder, Options.Create(options));
        _tool = new FfmpegProcess(Options.Create(options));
        var logs = new LoggerFactory(log is null ? [] : [log]);
        var rehearsal = new VideoRehearsal(
            chromium ?? new HeadlessChromium(Options.Create(new ChromiumOptions()), logs.CreateLogger<HeadlessChromium>()),
            Options.Create(options), TimeProvider.System, logs.CreateLogger<VideoRehearsal>());
        Maker = new VideoTranscoder(_tool, new MediaStore(new FolderMediaStorage(folder), Uploads), Uploads, rehearsal);
    }

    public string Media { get; }

    public UploadFolder Uploads { get; }

    public VideoTranscoder Maker { get; }

    /// <summary>Makes what players play of a file; stills run for two seconds.</summary>
    public Task<(TranscodedVideo? Video, CreativeRefusal? Refusal)> MakeAsync(
        string path, Action<double>? progress = null, CancellationToken cancellation = default) =>
        Maker.MakeAsync(path, 2, keepWhatFits: false, progress ?? (_ => { }), cancellation);

    public async Task<(TranscodedVideo? Video, CreativeRefusal? Refusal)> MakeAsync(byte[] content)
    {
        var path = Uploads.NewScratch();
        await File.WriteAllBytesAsync(path, content);
        var made = await MakeAsync(path);
        File.Delete(path);
        return made;
    }

    /// <summary>Path of a video.</summary>
    public string PathOf(TranscodedVideo video) => Path.Combine(Media, video.Sha256 + ".mp4");

    /// <summary>Expects a colour, as 0xRRGGBB, at a place of a video; what encoding does to it does not matter.</summary>
    public async Task ShowsAsync(TranscodedVideo video, double seconds, (int X, int Y) at, int colour)
    {
        var raw = Path.Combine(TestFolders.New("pixel"), "pixel.rgb");
        await TestClips.RunAsync("ffmpeg", [
            "-nostdin", "-v", "error", "-ss", FormattableString.Invariant($"{seconds}"), "-i", PathOf(video), "-frames:v", "1",
            "-vf", $"format=rgb24,crop=2:2:{at.X}:{at.Y}", "-f", "rawvideo", raw]);
        var seen = await File.ReadAllBytesAsync(raw);
        byte[] wanted = [(byte)(colour >> 16), (byte)(colour >> 8), (byte)colour];
        Assert.True(wanted.Zip(seen, (w, s) => Math.Abs(w - s)).Max() < 24, $"{seconds} s, {at}: {Convert.ToHexString(seen.AsSpan(0, 3))}");
    }

    /// <summary>A file by ffmpeg.</summary>
    public static async Task<string> FileAsync(string name, params string[] arguments)
    {
        var path = Path.Combine(TestFolders.New("video"), name);
        await TestClips.RunAsync("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", .. arguments, path]);
        return path;
    }

    public void Dispose() => _tool.Dispose();
}
