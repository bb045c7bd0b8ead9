using System.Globalization;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Campaigns;

/// <summary>Looks into films and makes what players play, with ffprobe and ffmpeg.</summary>
sealed class FilmTool(IOptions<MediaOptions> options) : IDisposable
{
    // One at a time: a film is encoded beside a running dashboard, and nobody waits long for fifteen seconds of film.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    // Only the container that we take is ever opened, and only as a file: a playlist that names addresses is not a film.
    private static readonly string[] Input = ["-protocol_whitelist", "file", "-f", "mov"];

    public void Dispose() => _oneAtATime.Dispose();

    public static async Task<Film?> ProbeAsync(string path, CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync(
            "ffprobe", ["-v", "error", .. Input, "-show_streams", "-show_format", "-of", "json", path], TimeSpan.FromSeconds(20), cancellation);
        return result.Code == 0 ? Film.Parse(result.Output) : null;
    }

    /// <summary>H.264 High, at most 1920 pixels and 30 frames a second, a key frame each second, silent, ready to stream.</summary>
    public async Task<bool> EncodeAsync(Film film, string from, string to, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var rate = film.FramesPerSecond is > 0 and < Film.PlayerRate ? film.FramesPerSecond : Film.PlayerRate;
            var fps = rate.ToString("0.###", CultureInfo.InvariantCulture);
            const string fit = "scale=w='if(gte(iw,ih),trunc(min(1920,iw)/2)*2,-2)':h='if(gte(iw,ih),-2,trunc(min(1920,ih)/2)*2)',setsar=1";
            var result = await ChildProcess.RunAsync(
                "ffmpeg",
                [
                    "-v", "error", "-nostdin", "-y", .. Input, "-i", from, "-map", "0:v:0", "-an", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
                    "-vf", $"fps={fps},{fit}", "-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "21",
                    "-maxrate", "8M", "-bufsize", "16M", "-force_key_frames", "expr:gte(t,n_forced*1)", "-threads", "2", "-movflags", "+faststart", "-f", "mp4", to,
                ],
                TimeSpan.FromSeconds(options.Value.EncodeSeconds), cancellation);
            return result.Code == 0;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>A still from a third of the way in.</summary>
    public static async Task<bool> PosterAsync(string film, double seconds, string to, CancellationToken cancellation)
    {
        var at = (seconds / 3).ToString("0.##", CultureInfo.InvariantCulture);
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", "-y", .. Input, "-ss", at, "-i", film, "-frames:v", "1", "-vf", "scale='min(640,iw)':-2", "-q:v", "4", "-f", "image2", "-update", "1", to],
            TimeSpan.FromSeconds(20), cancellation);
        return result.Code == 0 && File.Exists(to);
    }
}

/// <summary>Limits of uploaded films; configuration section <c>Media</c>.</summary>
public sealed class MediaOptions
{
    /// <summary>The largest upload in bytes. 300 MB by default.</summary>
    public long MaxUploadBytes { get; set; } = 300L * 1024 * 1024;

    /// <summary>The longest time that one film may take to encode, in seconds. 300 by default.</summary>
    public int EncodeSeconds { get; set; } = 300;
}
