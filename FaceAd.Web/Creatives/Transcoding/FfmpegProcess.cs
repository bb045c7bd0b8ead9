using System.Globalization;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>Probes videos and stills and encodes them for players, with ffprobe and ffmpeg.</summary>
sealed class FfmpegProcess(IOptions<MediaOptions> options) : IDisposable
{
    // One at a time: encoding shares the machine with the dashboard, and short videos make a short queue.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    private static readonly MediaKind Own = new("mov", MediaForm.Video);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(20);
    private static readonly string[] Nowhere = ["-sn", "-dn", "-t", Number(VideoProperties.MaxSeconds), "-f", "null", "-"];

    private TimeSpan Patience => TimeSpan.FromSeconds(options.Value.EncodeSeconds);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Probes a file of a known kind; null, with the reason, when it cannot be read.</summary>
    public static async Task<(VideoProperties? Video, CreativeRefusal? Refusal)> ProbeAsync(
        MediaKind kind, string path, CancellationToken cancellation)
    {
        var result = await AskAsync(kind, ["-show_streams", "-show_format", "-of", "json", path], Glance, cancellation);
        var video = result.Code == 0 ? VideoProperties.Parse(result.Output) : null;
        return (video, video is not null ? null : Refusal(result) ?? CreativeRefusal.Damaged);
    }

    /// <summary>Reads when a video's pictures are shown, without decoding them; null, with the reason, when it has none.</summary>
    public async Task<(PictureTimes? Times, CreativeRefusal? Refusal)> TimesAsync(
        MediaKind kind, VideoProperties video, string path, CancellationToken cancellation)
    {
        var packets = new PictureTimes.Collector(video.Index, video.FileStart);
        var result = await AskAsync(
            kind,
            ["-show_entries", "packet=stream_index,pts_time,dts_time,duration_time,flags", "-of", "csv=p=0",
                "-read_intervals", $"%+{Number(VideoProperties.MaxSeconds + 1)}", path],
            Patience, cancellation, packets.Take);
        var times = result.Code == 0 ? packets.Times() : null;
        return (times, times is not null ? null : Refusal(result) ?? CreativeRefusal.Damaged);
    }

    /// <summary>Probes one of our own videos.</summary>
    public static async Task<VideoProperties?> ProbeAsync(string path, CancellationToken cancellation) =>
        (await ProbeAsync(Own, path, cancellation)).Video;

    /// <summary>Makes an animated PNG of an animated WebP; null on success, otherwise why it failed.</summary>
    public async Task<CreativeRefusal?> ToPngAsync(string from, string to, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            // It is far larger than what it is made of; the last of the disk is for the database.
            var free = new DriveInfo(Path.GetDirectoryName(to)!).AvailableFreeSpace;
            return await MovingWebP.ConvertAsync(from, to, free - options.Value.LeastFreeBytes, Patience, cancellation);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Encodes for players, see <see cref="EncodePlan"/>.</summary>
    /// <param name="kind">The file's kind.</param>
    /// <param name="video">Its properties.</param>
    /// <param name="times">When its pictures are shown; null for a still.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">Output path.</param>
    /// <param name="stillSeconds">Duration of a still's loop.</param>
    /// <param name="progress">Receives the share that is done, 0..1.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Null on success; otherwise why it failed.</returns>
    public async Task<CreativeRefusal?> EncodeAsync(
        MediaKind kind, VideoProperties video, PictureTimes? times, string from, string to, double stillSeconds, Action<double> progress,
        CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            // A moving picture is decoded once; its turns are copies.
            var (turns, once) = times?.Turns > 1 ? (times.Value.Turns, to + ".once") : (1, to);
            string[] plan;
            if (times is { } shown)
            {
                var (measured, unreadable) = await MeasureAsync(kind, video, from, cancellation);
                if (unreadable is not null) return unreadable;
                plan = EncodePlan.OfVideo(video, shown, measured);
            }
            else
            {
                plan = EncodePlan.OfStill(video, stillSeconds);
            }
            var seconds = times?.Seconds ?? stillSeconds;
            var refusal = Refusal(await ChildProcess.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-nostdin", "-nostats", "-progress", "pipe:1", "-y", "-threads", "2", .. Input(kind), "-i", from,
                    .. plan, "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-filter_threads", "1", "-threads", "2",
                    "-movflags", "+faststart", "-f", "mp4", once,
                ],
                Patience, cancellation, line => Tell(line, seconds, progress)));
            if (refusal is not null || turns == 1) return refusal;
            return Refusal(await ChildProcess.RunAsync(
                "ffmpeg",
                ["-v", "error", "-nostdin", "-y", "-stream_loop", (turns - 1).ToString(CultureInfo.InvariantCulture), .. Input(Own),
                    "-i", once, "-c", "copy", "-movflags", "+faststart", "-f", "mp4", to],
                Patience, cancellation));
        }
        finally
        {
            File.Delete(to + ".once");
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

    /// <summary>
    /// Decodes a video once, whatever its header says of fields; nothing is measured of a moving picture, which has neither fields nor
    /// sound.
    /// </summary>
    private async Task<(Measured Measured, CreativeRefusal? Refusal)> MeasureAsync(
        MediaKind kind, VideoProperties video, string from, CancellationToken cancellation)
    {
        string[] pictures = kind.Form == MediaForm.Video ? ["-map", $"0:{video.Index}", "-vf", "idet", "-an", .. Nowhere] : [];
        string[] sound = video.Sound is null
            ? [] : ["-map", $"0:{video.SoundIndex}", "-vn", "-af", Loudness.Target + ":print_format=json", .. Nowhere];
        if (pictures.Length + sound.Length == 0) return default;
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "info", "-hide_banner", "-nostdin", "-nostats", "-threads", "2", .. Input(kind), "-i", from, .. pictures, .. sound],
            Patience, cancellation);
        return (Measured.Parse(result.Error), Refusal(result));
    }

    private static async Task<ChildResult> AskAsync(
        MediaKind kind, string[] ask, TimeSpan limit, CancellationToken cancellation, Action<string>? line = null)
    {
        var result = await ChildProcess.RunAsync("ffprobe", ["-v", "error", .. Input(kind), .. ask], limit, cancellation, line);
        // A codec that is not on the list is not decoded for further details: its name is enough, for the error message or beside others.
        if (result.Code != 0 && result.Error.Contains("not on whitelist", StringComparison.Ordinal))
            result = await ChildProcess.RunAsync(
                "ffprobe", ["-v", "error", "-nofind_stream_info", .. Container(kind), .. ask], limit, cancellation, line);
        return result;
    }

    private static CreativeRefusal? Refusal(ChildResult result) =>
        result.Code == 0 ? null : result.Exhausted ? CreativeRefusal.TookTooLong : CreativeRefusal.Damaged;

    /// <summary>
    /// Options before every input. Only the demuxer of the file's kind opens it, only as a local file, only with allowed codecs and at most
    /// the allowed pixels: a playlist that names addresses is never opened as a video, whatever its extension.
    /// </summary>
    private static string[] Input(MediaKind kind) =>
    [
        "-codec_whitelist", Codecs, "-max_pixels", VideoProperties.MaxPixels.ToString(CultureInfo.InvariantCulture),
        // Reject a truncated picture: its lower part would be grey.
        .. kind.Form is MediaForm.Still or MediaForm.Moving ? (string[])["-err_detect", "explode"] : [],
        .. Container(kind),
    ];

    private static string[] Container(MediaKind kind) =>
        ["-protocol_whitelist", "file", "-format_whitelist", kind.Demuxer switch
        {
            "mov" => "mov,mp4,m4a,3gp,3g2,mj2", // one demuxer goes by many names
            "matroska" => "matroska,webm",
            var name => name,
        }, "-f", kind.Demuxer];

    // Decoders by their ffmpeg names; some codecs have several.
    private static readonly string Codecs = string.Join(',',
        [.. VideoProperties.VideoCodecs, "msmpeg4", "flv", "libdav1d", "libaom-av1", "libvpx", "libvpx-vp9",
            .. VideoProperties.PictureCodecs,
            .. VideoProperties.SoundCodecs, "mp3float", "mp2float", "libopus", "libvorbis", "dca", "amrnb",
            // Opened beside a video, never shown.
            "subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text", "dvbsub", "dvdsub", "pgssub", "cc_dec"]);

    private static void Tell(string line, double seconds, Action<double> progress)
    {
        if (line.StartsWith("out_time_us=", StringComparison.Ordinal) && seconds > 0
            && long.TryParse(line.AsSpan(12), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros))
            progress(Math.Clamp(micros / 1e6 / seconds, 0, 1));
    }

    private static string Number(double seconds) => seconds.ToString("0.##", CultureInfo.InvariantCulture);
}
