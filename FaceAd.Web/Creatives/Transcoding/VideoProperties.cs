using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>What ffprobe reports about a video or a still image.</summary>
/// <param name="Index">Number of its stream in the file.</param>
/// <param name="Codec">Video codec, such as "h264"; empty when there is only sound.</param>
/// <param name="PixelFormat">Pixel format, such as "yuv420p".</param>
/// <param name="Width">Width in pixels as it is shown: turned, with square pixels.</param>
/// <param name="Height">Height in pixels as it is shown.</param>
/// <param name="Seconds">Duration as the header says; 0 when it does not, as of a still.</param>
/// <param name="FramesPerSecond">Average frame rate.</param>
/// <param name="FileStart">When the file starts by its own clock, in seconds.</param>
/// <param name="Sound">Audio codec; null without audio.</param>
/// <param name="SoundIndex">Number of its stream; of several that can be decoded, of the one that is marked, or the first.</param>
/// <param name="Colours">What its numbers mean.</param>
readonly record struct VideoProperties(
    int Index, string Codec, string PixelFormat, int Width, int Height, double Seconds, double FramesPerSecond, double FileStart,
    string? Sound, int SoundIndex, Colours Colours)
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

    /// <summary>Shorter side of encoded videos, in pixels.</summary>
    public const int PlayerShortSide = 1080;

    /// <summary>Frame rate of encoded videos.</summary>
    public const int PlayerRate = 30;

    /// <summary>Video codecs that are decoded; all others are refused.</summary>
    public static readonly IReadOnlyList<string> VideoCodecs =
    [
        "h264", "hevc", "mpeg2video", "mpeg1video", "mpeg4", "msmpeg4v3", "vp8", "vp9", "av1", "prores", "dnxhd", "dvvideo", "wmv2",
        "wmv3", "vc1", "flv1",
    ];

    /// <summary>Codecs of pictures, still or moving, that are decoded.</summary>
    public static readonly IReadOnlyList<string> PictureCodecs = ["mjpeg", "png", "webp", "gif", "apng"];

    /// <summary>Audio codecs that are decoded.</summary>
    public static readonly IReadOnlyList<string> SoundCodecs =
    [
        "aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_s16be",
        "pcm_s24be", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_u8", "pcm_s8", "pcm_bluray", "pcm_dvd", "dts",
        "amr_nb", "wmav2", "wmapro",
    ];

    /// <summary>Whether players can play it unchanged.</summary>
    public bool FitsPlayer =>
        Codec == "h264" && PixelFormat == "yuv420p" && Math.Max(Width, Height) <= PlayerSide && FramesPerSecond <= PlayerRate + 0.01
            && Sound is null or "aac";

    /// <summary>Whether it may be transparent.</summary>
    public bool HasAlpha =>
        PixelFormat is "pal8" or "ya8" or "ya16be" or "ya16le" || PixelFormat.StartsWith("yuva", StringComparison.Ordinal)
            || PixelFormat.StartsWith("gbrap", StringComparison.Ordinal) || PixelFormat.Contains("rgba", StringComparison.Ordinal)
            || PixelFormat is "bgra" or "argb" or "abgr";

    /// <summary>Why a video or moving picture is refused before it is decoded; null when it is accepted.</summary>
    public CreativeRefusal? Refusal =>
        Codec.Length == 0 ? CreativeRefusal.SoundOnly
        : !VideoCodecs.Contains(Codec) && !PictureCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Sound is { } sound && !SoundCodecs.Contains(sound) ? CreativeRefusal.WrongSound
        : Math.Min(Width, Height) < MinSide || Math.Max(Width, Height) > MaxSide ? CreativeRefusal.WrongSize
        : null;

    /// <summary>Why a still is refused; null when it is accepted.</summary>
    public CreativeRefusal? StillRefusal =>
        !PictureCodecs.Contains(Codec) ? CreativeRefusal.WrongCodec
        : Width <= 0 || Height <= 0 ? CreativeRefusal.Damaged
        : StillSizeRefusal(Width, Height);

    /// <summary>Why a still of this size is refused; null when it is accepted.</summary>
    public static CreativeRefusal? StillSizeRefusal(int width, int height) =>
        Math.Min(width, height) < MinSide || Math.Max(width, height) > MaxStillSide || (long)width * height > MaxPixels
            ? CreativeRefusal.WrongSize : null;

    /// <summary>Parses ffprobe's JSON; null when it lists neither pictures nor sound.</summary>
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
        if (answer?.Streams is not { } streams) return null;
        var sounds = streams.Where(s => s.Type == "audio").ToList();
        var sound = sounds.Where(s => SoundCodecs.Contains(s.Codec)).MaxBy(s => s.Disposition?.Default ?? 0) ?? sounds.FirstOrDefault();
        // A cover is not always marked as one.
        var pictures = streams.Where(s => s.Type == "video" && s.Disposition?.AttachedPicture != 1)
            .OrderBy(s => PictureCodecs.Contains(s.Codec)).ThenBy(s => s.Index);
        if (pictures.FirstOrDefault() is not { Codec: { } codec } video)
            return sound is null ? null : new VideoProperties { Codec = "", PixelFormat = "", Sound = sound.Codec };
        var width = (int)Math.Round(video.Width * Math.Clamp(Ratio(video.PixelShape, ':') is > 0 and var shape ? shape : 1, 0.1, 10));
        var turned = video.SideData?.Any(d => d.Rotation is 90 or -90 or 270 or -270) == true;
        return new VideoProperties(
            video.Index, codec, video.PixelFormat ?? "", turned ? video.Height : width, turned ? width : video.Height,
            Number(video.Duration) ?? Number(answer.Format?.Duration) ?? 0, Ratio(video.Rate, '/'), Number(answer.Format?.Start) ?? 0,
            sound is null ? null : sound.Codec ?? "unknown", sound?.Index ?? 0,
            new Colours(video.Transfer ?? "", video.Primaries ?? "", video.Matrix ?? ""));
    }

    /// <summary>A number as ffprobe prints it; null for "N/A" and the like.</summary>
    internal static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static double Ratio(string? text, char sign) =>
        text?.Split(sign) is [var over, var under] && Number(over) is { } a && Number(under) is { } b && b > 0 ? a / b : 0;

    private sealed record Answer(
        [property: JsonPropertyName("streams")] Part[]? Streams, [property: JsonPropertyName("format")] Container? Format);

    private sealed record Container(
        [property: JsonPropertyName("duration")] string? Duration, [property: JsonPropertyName("start_time")] string? Start);

    private sealed record Part(
        [property: JsonPropertyName("index")] int Index,
        [property: JsonPropertyName("codec_type")] string? Type, [property: JsonPropertyName("codec_name")] string? Codec,
        [property: JsonPropertyName("pix_fmt")] string? PixelFormat, [property: JsonPropertyName("width")] int Width,
        [property: JsonPropertyName("height")] int Height, [property: JsonPropertyName("sample_aspect_ratio")] string? PixelShape,
        [property: JsonPropertyName("duration")] string? Duration, [property: JsonPropertyName("avg_frame_rate")] string? Rate,
        [property: JsonPropertyName("color_transfer")] string? Transfer, [property: JsonPropertyName("color_primaries")] string? Primaries,
        [property: JsonPropertyName("color_space")] string? Matrix, [property: JsonPropertyName("disposition")] Purpose? Disposition,
        [property: JsonPropertyName("side_data_list")] Side[]? SideData);

    private sealed record Purpose(
        [property: JsonPropertyName("attached_pic")] int AttachedPicture, [property: JsonPropertyName("default")] int Default);

    private sealed record Side([property: JsonPropertyName("rotation")] double? Rotation);
}
