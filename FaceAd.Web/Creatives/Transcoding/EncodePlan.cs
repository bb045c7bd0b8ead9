using System.Globalization;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>
/// How a file becomes what players play: H.264 High, yuv420p, bt709, square pixels within 1920 by 1080 (landscape or portrait), whole
/// pictures at one constant rate of 24 to 30 a second, at most 8 Mbit per second, a key frame every second; sound at -23 LUFS, as long as
/// the pictures; both from 0; fast start.
/// </summary>
static class EncodePlan
{
    // Sides of the picture that is shown: its pixels may not be square, and it may be turned.
    private const string Fit =
        "scale=w='round(iw*sar*min(1,min(if(gte(iw*sar,ih),1920,1080)/(iw*sar),if(gte(iw*sar,ih),1080,1920)/ih))/2)*2'"
        + ":h='round(ih*min(1,min(if(gte(iw*sar,ih),1920,1080)/(iw*sar),if(gte(iw*sar,ih),1080,1920)/ih))/2)*2'";

    private const string OntoBlack = "format=gbrap,premultiply=inplace=1";

    /// <summary>Options of ffmpeg, between input and output, for a video.</summary>
    public static string[] OfVideo(VideoProperties video, PictureTimes times, Measured measured)
    {
        var (rate, name) = times.PlayerRate;
        var frames = Math.Max(1, (int)Math.Round(Math.Min(times.Seconds, VideoProperties.MaxSeconds) * rate));
        List<string> filters = [$"setpts=PTS-{Number(times.Start)}/TB"];
        if (video.HasAlpha) filters.Add(OntoBlack);
        if (measured.Fields is { } fields) filters.Add($"bwdif=mode=send_frame:parity={fields}:deint=all");
        var steady = $"fps={name}:start_time=0";
        if (times.Rate >= rate) filters.Add(steady); // what is left out needs no scaling
        filters.AddRange(ToShape(video));
        if (times.Rate < rate) filters.Add(steady);
        filters.Add("tpad=stop=2:stop_mode=clone"); // rounding
        var seconds = Number(frames / rate);
        string[] sound = measured.Loudness is { } loudness
            ?
            [
                "-map", $"0:{video.SoundIndex}", "-af",
                $"asetpts=PTS-{Number(times.Start)}/TB,atrim=start=0,aresample=async=1:first_pts=0,{loudness.Filter},"
                    + $"apad,atrim=end={seconds}",
                "-c:a", "aac", "-b:a", "128k", "-ac", "2",
            ]
            : ["-an"];
        return [.. sound, .. Pictures(video.Index, filters, frames)];
    }

    /// <summary>Options for a picture that stands still.</summary>
    public static string[] OfStill(VideoProperties still, double seconds)
    {
        const int rate = VideoProperties.PlayerRate;
        string[] filters = [OntoBlack, .. ToShape(still), $"loop=loop=-1:size=1:start=0,setpts=N/({rate}*TB),fps={rate}"];
        return ["-an", .. Pictures(still.Index, filters, (int)Math.Round(seconds * rate))];
    }

    private static IEnumerable<string> ToShape(VideoProperties video) =>
        [Fit + video.Colours.ScalerOf(video.Height), "setsar=1", .. video.Colours.Filters()];

    private static string[] Pictures(int index, IEnumerable<string> filters, int frames) =>
    [
        "-map", $"0:{index}", "-frames:v", frames.ToString(CultureInfo.InvariantCulture), "-vf", string.Join(',', filters),
        "-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-crf", "21", "-maxrate", "8M",
        "-bufsize", "16M", "-flags", "+cgop", "-force_key_frames", "expr:gte(t,n_forced*1)", .. Colours.Flags,
    ];

    private static string Number(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);
}
