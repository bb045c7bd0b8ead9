using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>What ffprobe reports about a video or a still image.</summary>
/// <param name="Codec">Video codec, such as "h264".</param>
/// <param name="PixelFormat">Pixel format, such as "yuv420p".</param>
/// <param name="Width">Display width in pixels.</param>
/// <param name="Height">Display height in pixels.</param>
/// <param name="Seconds">Duration; 0 for a still.</param>
/// <param name="FramesPerSecond">Average frame rate.</param>
/// <param name="Frames">Number of frames according to the container; 0 when it does not say.</param>
/// <param name="Sound">Audio codec; null without audio.</param>
readonly record struct VideoProperties(
    string Codec, string PixelFormat, int Width, int Height, double Seconds, double FramesPerSecond, long Frames, string? Sound)
{
    /// <summary>The longest video accepted, in seconds, including a margin for container rounding.</summary>
    public const double MaxSeconds = 60.5;

    /// <summary>The shortest video accepted, in seconds.</summary>
    public const double MinSeconds = 1;

    /// <summary>The shortest side accepted, in pixels.</summary>
    public const int MinSide = 160;

    /// <summary>The longest side of a video accepted, in pixels.</summary>
    public const int MaxSide = 4096;

    /// <summary>The longest side of a still accepted, in pixels.</summary>
    public const int MaxStillSide = 8192;

    /// <summary>The most pixels per frame that are ever decoded.</summary>
    public const int MaxPixels = 40_000_000;

    /// <summary>The highest frame rate accepted.</summary>
    public const double MaxRate = 240;

    /// <summary>Longer side of encoded videos, in pixels; landscape and portrait alike.</summary>
    public const int PlayerSide = 1920;

    /// <summary>Frame rate of encoded videos.</summary>
    public const int PlayerRate = 30;

    /// <summary>Video codecs that are decoded; all others are refused.</summary>
    public static readonly IReadOnlyList<string> VideoCodecs = ["h264", "hevc", "vp8", "vp9", "av1", "prores"];

    /// <summary>Still-image codecs that are decoded.</summary>
    public static readonly IReadOnlyList<string> StillCodecs = ["mjpeg", "png", "webp"];

    /// <summary>Audio codecs that are decoded.</summary>
    public static readonly IReadOnlyList<string> SoundCodecs = ["aac", "mp3", "opus", "vorbis", "flac", "pcm_s16le", "pcm_s24le"];

    /// <summary>Whether players can play it unchanged.</summary>
    public bool FitsPlayer =>
        Codec == "h264" && PixelFormat == "yuv420p" && Math.Max(Width, Height) <= PlayerSide && FramesPerSecond <= PlayerRate + 0.01
            && Sound is null or "aac";

    /// <summary>Why a video is refused; null when it is accepted.</summary>
    public CreativeRefusal? VideoRefusal =>
        !VideoCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Sound is { } sound && !SoundCodecs.Contains(sound) ? CreativeRefusal.WrongSound
        : Math.Min(Width, Height) < MinSide || Math.Max(Width, Height) > MaxSide ? CreativeRefusal.WrongSize
        : Seconds < MinSeconds ? CreativeRefusal.TooShort
        : Seconds > MaxSeconds ? CreativeRefusal.TooLong
        : FramesPerSecond > MaxRate + 0.01 || Frames > MaxRate * MaxSeconds ? CreativeRefusal.TooManyFrames
        : null;

    /// <summary>Why a still is refused; null when it is accepted.</summary>
    public CreativeRefusal? StillRefusal =>
        !StillCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Width <= 0 || Height <= 0 ? CreativeRefusal.Damaged
        : StillSizeRefusal(Width, Height);

    /// <summary>Why a still of this size is refused; null when it is accepted.</summary>
    public static CreativeRefusal? StillSizeRefusal(int width, int height) =>
        Math.Min(width, height) < MinSide || Math.Max(width, height) > MaxStillSide || (long)width * height > MaxPixels
            ? CreativeRefusal.WrongSize : null;

    /// <summary>Parses ffprobe's JSON; null when it lists no video stream.</summary>
    public static VideoProperties? Parse(string json)
    {
        Answer? answer;
        try
        {
            answer = JsonSerializer.Deserialize<Answer>(json);
        }
        catch (JsonException)
        {
            return null;
        }
        var video = answer?.Streams?.FirstOrDefault(s => s.Type == "video" && s.Disposition?.AttachedPicture != 1);
        if (video?.Codec is null) return null;
        var turned = video.SideData?.Any(d => d.Rotation is 90 or -90 or 270 or -270) == true;
        return new VideoProperties(
            video.Codec, video.PixelFormat ?? "",
            turned ? video.Height : video.Width, turned ? video.Width : video.Height,
            Number(video.Duration) ?? Number(answer!.Format?.Duration) ?? 0, Rate(video.Rate), (long)(Number(video.Frames) ?? 0),
            answer!.Streams!.FirstOrDefault(s => s.Type == "audio") is { } sound ? sound.Codec ?? "unknown" : null);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static double Rate(string? text) =>
        text?.Split('/') is [var over, var under] && Number(over) is { } a && Number(under) is { } b && b > 0 ? a / b : 0;

    private sealed record Answer(
        [property: JsonPropertyName("streams")] Part[]? Streams, [property: JsonPropertyName("format")] Container? Format);

    private sealed record Container([property: JsonPropertyName("duration")] string? Duration);

    private sealed record Part(
        [property: JsonPropertyName("codec_type")] string? Type, [property: JsonPropertyName("codec_name")] string? Codec,
        [property: JsonPropertyName("pix_fmt")] string? PixelFormat, [property: JsonPropertyName("width")] int Width,
        [property: JsonPropertyName("height")] int Height, [property: JsonPropertyName("duration")] string? Duration,
        [property: JsonPropertyName("avg_frame_rate")] string? Rate, [property: JsonPropertyName("nb_frames")] string? Frames,
        [property: JsonPropertyName("disposition")] Purpose? Disposition, [property: JsonPropertyName("side_data_list")] Side[]? SideData);

    private sealed record Purpose([property: JsonPropertyName("attached_pic")] int AttachedPicture);

    private sealed record Side([property: JsonPropertyName("rotation")] double? Rotation);
}
