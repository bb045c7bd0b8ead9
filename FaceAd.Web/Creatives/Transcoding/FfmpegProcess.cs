using System.Globalization;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>Probes videos and stills and encodes them for players, with ffprobe and ffmpeg.</summary>
sealed class FfmpegProcess(IOptions<MediaOptions> options) : IDisposable
{
    // One at a time: encoding shares the machine with the dashboard, and short videos make a short queue.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    private static readonly MediaKind Own = new("mov", false);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(20);

    private TimeSpan Patience => TimeSpan.FromSeconds(options.Value.EncodeSeconds);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Probes a file of a known kind; null when its video stream cannot be read.</summary>
    public static async Task<VideoProperties?> ProbeAsync(MediaKind kind, string path, CancellationToken cancellation)
    {
        string[] ask = ["-show_streams", "-show_format", "-of", "json", path];
        var result = await ChildProcess.RunAsync("ffprobe", ["-v", "error", .. Input(kind), .. ask], Glance, cancellation);
        // A codec that is not on the list is not decoded for further details: its name is enough for the error message.
        if (result.Code != 0 && result.Error.Contains("not on whitelist", StringComparison.Ordinal))
            result = await ChildProcess.RunAsync(
                "ffprobe", ["-v", "error", "-nofind_stream_info", .. Container(kind), .. ask], Glance, cancellation);
        return result.Code == 0 ? VideoProperties.Parse(result.Output) : null;
    }

    /// <summary>Probes one of our own videos.</summary>
    public static Task<VideoProperties?> ProbeAsync(string path, CancellationToken cancellation) => ProbeAsync(Own, path, cancellation);

    /// <summary>
    /// Encodes for players: H.264 High, yuv420p, within 1920 by 1080 (landscape or portrait), at most 30 frames and 8 Mbit per second, a
    /// key frame every second, sound at -23 LUFS, fast start. A still becomes a loop.
    /// </summary>
    /// <param name="kind">The file's kind.</param>
    /// <param name="video">Its properties.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">Output path.</param>
    /// <param name="stillSeconds">Duration of a still's loop.</param>
    /// <param name="progress">Receives the share that is done, 0..1.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null on success; otherwise why it failed.</returns>
    public async Task<CreativeRefusal?> EncodeAsync(
        MediaKind kind, VideoProperties video, string from, string to, double stillSeconds, Action<double> progress,
        CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var seconds = kind.IsStill ? stillSeconds : video.Seconds;
            var loudness = video.Sound is null ? null : await LoudnessAsync(kind, from, cancellation);
            var rate = kind.IsStill || video.FramesPerSecond is <= 0 or >= VideoProperties.PlayerRate
                ? VideoProperties.PlayerRate : video.FramesPerSecond;
            var fps = rate.ToString("0.###", CultureInfo.InvariantCulture);
            string[] sound = loudness is { } measured
                ? ["-map", "0:a:0", "-af", measured.Filter, "-c:a", "aac", "-b:a", "128k", "-ac", "2"]
                : ["-an"];
            // Flatten transparency onto black, then repeat the single frame.
            var still = kind.IsStill
                ? $"format=gbrap,premultiply=inplace=1,format=yuv420p,loop=loop=-1:size=1:start=0,setpts=N/({fps}*TB)," : "";
            const string fit = "scale=w='if(gte(iw,ih),min(1920,iw),min(1080,iw))':h='if(gte(iw,ih),min(1080,ih),min(1920,ih))':force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1";
            var shape = kind.IsStill ? $"{fit},{still}fps={fps}" : $"fps={fps},{fit}";
            var result = await ChildProcess.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-nostdin", "-nostats", "-progress", "pipe:1", "-y", "-threads", "2", .. Input(kind), "-i", from,
                    "-map", "0:v:0", .. sound, "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-filter_threads", "1",
                    "-t", Number(kind.IsStill ? stillSeconds : VideoProperties.MaxSeconds), "-vf", shape + ",format=yuv420p",
                    "-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "21",
                    "-maxrate", "8M", "-bufsize", "16M", "-force_key_frames", "expr:gte(t,n_forced*1)", "-threads", "2",
                    "-movflags", "+faststart", "-f", "mp4", to,
                ],
                Patience, cancellation, line => Tell(line, seconds, progress));
            return result.Code == 0 ? null : result.Exhausted ? CreativeRefusal.TookTooLong : CreativeRefusal.Damaged;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Extracts a poster frame from a third of the way in.</summary>
    public static async Task<bool> PosterAsync(string video, double seconds, string to, CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-y", .. Input(Own), "-ss", Number(seconds / 3), "-i", video, "-frames:v", "1", "-vf",
                "scale='min(640,iw)':-2", "-q:v", "4", "-f", "image2", "-update", "1", to],
            Glance, cancellation);
        return result.Code == 0 && File.Exists(to);
    }

    /// <summary>
    /// Encodes a still anew as a JPEG within a square: without what else its file holds, such as where it was taken.
    /// </summary>
    /// <param name="kind">The file's kind.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">Output path.</param>
    /// <param name="side">The square's side in pixels.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Whether it could be read to its end.</returns>
    public static async Task<bool> PictureAsync(MediaKind kind, string from, string to, int side, CancellationToken cancellation)
    {
        var shape = $"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease,format=yuvj420p";
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-y", "-threads", "2", .. Input(kind), "-i", from, "-map", "0:v:0", "-frames:v", "1",
                "-map_metadata", "-1", "-vf", shape, "-q:v", "4", "-f", "image2", "-update", "1", to],
            Glance, cancellation);
        return result.Code == 0 && File.Exists(to);
    }

    /// <summary>First of two loudnorm passes: measures the loudness; null when it is silent.</summary>
    private async Task<Loudness?> LoudnessAsync(MediaKind kind, string from, CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "info", "-hide_banner", "-nostdin", "-nostats", "-threads", "2", .. Input(kind), "-i", from, "-map", "0:a:0",
                "-vn", "-sn", "-dn",
                "-t", Number(VideoProperties.MaxSeconds), "-af", Loudness.Target + ":print_format=json", "-f", "null", "-"],
            Patience, cancellation);
        return result.Code == 0 ? Loudness.Parse(result.Error) : null;
    }

    /// <summary>
    /// Options before every input. Only the demuxer of the file's kind opens it, only as a local file, only with allowed codecs and at most
    /// the allowed pixels: a playlist that names addresses is never opened as a video, whatever its extension.
    /// </summary>
    private static string[] Input(MediaKind kind) =>
    [
        "-codec_whitelist", Codecs, "-max_pixels", VideoProperties.MaxPixels.ToString(CultureInfo.InvariantCulture),
        .. kind.IsStill ? (string[])["-err_detect", "explode"] : [], // reject a truncated still: its lower part would be grey
        .. Container(kind),
    ];

    private static string[] Container(MediaKind kind) =>
        ["-protocol_whitelist", "file", "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,jpeg_pipe,png_pipe,webp_pipe", "-f",
            kind.Demuxer];

    // Decoders by their ffmpeg names; some codecs have several.
    private static readonly string Codecs = string.Join(',',
        [.. VideoProperties.VideoCodecs, "libdav1d", "libaom-av1", "libvpx", "libvpx-vp9", .. VideoProperties.StillCodecs,
            .. VideoProperties.SoundCodecs, "mp3float", "libopus", "libvorbis"]);

    private static void Tell(string line, double seconds, Action<double> progress)
    {
        if (line.StartsWith("out_time_us=", StringComparison.Ordinal) && seconds > 0
            && long.TryParse(line.AsSpan(12), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros))
            progress(Math.Clamp(micros / 1e6 / seconds, 0, 1));
    }

    private static string Number(double seconds) => seconds.ToString("0.##", CultureInfo.InvariantCulture);
}
