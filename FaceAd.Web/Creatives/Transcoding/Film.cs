using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>What ffprobe says of a film or a still.</summary>
/// <param name="Codec">Codec of its picture, such as "h264".</param>
/// <param name="PixelFormat">Such as "yuv420p".</param>
/// <param name="Width">Width in pixels, as it is shown.</param>
/// <param name="Height">Height in pixels, as it is shown.</param>
/// <param name="Seconds">Running time; 0 for a still.</param>
/// <param name="FramesPerSecond">Mean frame rate.</param>
/// <param name="Frames">Number of frames as the container says it; 0 where it does not.</param>
/// <param name="Sound">Codec of its sound; null when it is silent.</param>
readonly record struct Film(string Codec, string PixelFormat, int Width, int Height, double Seconds, double FramesPerSecond, long Frames, string? Sound)
{
    /// <summary>The longest film taken, in seconds, and what rounding of containers adds.</summary>
    public const double MaxSeconds = 60.5;

    /// <summary>The shortest film taken, in seconds.</summary>
    public const double MinSeconds = 1;

    /// <summary>The shortest side taken, in pixels.</summary>
    public const int MinSide = 160;

    /// <summary>The longest side of a film taken, in pixels.</summary>
    public const int MaxSide = 4096;

    /// <summary>The longest side of a still taken, in pixels.</summary>
    public const int MaxStillSide = 8192;

    /// <summary>The most pixels of one picture that are ever decoded.</summary>
    public const int MaxPixels = 40_000_000;

    /// <summary>The highest frame rate taken.</summary>
    public const double MaxRate = 240;

    /// <summary>Longer side of what players play, in pixels; landscape and portrait alike.</summary>
    public const int PlayerSide = 1920;

    /// <summary>Frame rate of what players play.</summary>
    public const int PlayerRate = 30;

    /// <summary>Codecs of pictures that are decoded; nothing else is.</summary>
    public static readonly IReadOnlyList<string> FilmCodecs = ["h264", "hevc", "vp8", "vp9", "av1", "prores"];

    /// <summary>Codecs of stills that are decoded.</summary>
    public static readonly IReadOnlyList<string> StillCodecs = ["mjpeg", "png", "webp"];

    /// <summary>Codecs of sound that are decoded.</summary>
    public static readonly IReadOnlyList<string> SoundCodecs = ["aac", "mp3", "opus", "vorbis", "flac", "pcm_s16le", "pcm_s24le"];

    /// <summary>Whether players can play it as it is.</summary>
    public bool FitsPlayer =>
        Codec == "h264" && PixelFormat == "yuv420p" && Math.Max(Width, Height) <= PlayerSide && FramesPerSecond <= PlayerRate + 0.01 && Sound is null or "aac";

    /// <summary>Why a film is not taken; null when it is.</summary>
    public CreativeRefusal? FilmRefusal =>
        !FilmCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Sound is { } sound && !SoundCodecs.Contains(sound) ? CreativeRefusal.WrongSound
        : Math.Min(Width, Height) < MinSide || Math.Max(Width, Height) > MaxSide ? CreativeRefusal.WrongSize
        : Seconds < MinSeconds ? CreativeRefusal.TooShort
        : Seconds > MaxSeconds ? CreativeRefusal.TooLong
        : FramesPerSecond > MaxRate + 0.01 || Frames > MaxRate * MaxSeconds ? CreativeRefusal.TooManyFrames
        : null;

    /// <summary>Why a still is not taken; null when it is.</summary>
    public CreativeRefusal? StillRefusal =>
        !StillCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Width <= 0 || Height <= 0 ? CreativeRefusal.Damaged
        : StillSizeRefusal(Width, Height);

    /// <summary>Why a still of this size is not taken; null when it is.</summary>
    public static CreativeRefusal? StillSizeRefusal(int width, int height) =>
        Math.Min(width, height) < MinSide || Math.Max(width, height) > MaxStillSide || (long)width * height > MaxPixels ? CreativeRefusal.WrongSize : null;

    /// <summary>Reads ffprobe's JSON; null when there is no picture in it.</summary>
    public static Film? Parse(string json)
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
        return new Film(
            video.Codec, video.PixelFormat ?? "",
            turned ? video.Height : video.Width, turned ? video.Width : video.Height,
            Number(video.Duration) ?? Number(answer!.Format?.Duration) ?? 0, Rate(video.Rate), (long)(Number(video.Frames) ?? 0),
            answer!.Streams!.FirstOrDefault(s => s.Type == "audio") is { } sound ? sound.Codec ?? "unknown" : null);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static double Rate(string? text) =>
        text?.Split('/') is [var over, var under] && Number(over) is { } a && Number(under) is { } b && b > 0 ? a / b : 0;

    private sealed record Answer([property: JsonPropertyName("streams")] Part[]? Streams, [property: JsonPropertyName("format")] Container? Format);

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
