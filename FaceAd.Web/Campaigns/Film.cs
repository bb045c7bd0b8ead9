using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaceAd.Web.Campaigns;

/// <summary>What ffprobe says of a film.</summary>
/// <param name="Codec">Codec of its picture, such as "h264".</param>
/// <param name="PixelFormat">Such as "yuv420p".</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Seconds">Running time.</param>
/// <param name="FramesPerSecond">Mean frame rate.</param>
/// <param name="HasSound">Whether it has an audio stream.</param>
readonly record struct Film(string Codec, string PixelFormat, int Width, int Height, double Seconds, double FramesPerSecond, bool HasSound)
{
    /// <summary>The longest film taken, in seconds, and what rounding of containers adds.</summary>
    public const double MaxSeconds = 60.5;

    /// <summary>Longer side of what players play, in pixels.</summary>
    public const int PlayerSide = 1920;

    /// <summary>Frame rate of what players play.</summary>
    public const int PlayerRate = 30;

    /// <summary>Whether players can play it as it is.</summary>
    public bool FitsPlayer =>
        Codec == "h264" && PixelFormat == "yuv420p" && Math.Max(Width, Height) <= PlayerSide && FramesPerSecond <= PlayerRate + 0.01 && !HasSound;

    /// <summary>Why it is not taken; null when it is.</summary>
    public CreativeRefusal? Refusal =>
        Codec != "h264" ? CreativeRefusal.WrongCodec
        : Width is < 160 or > 4096 || Height is < 160 or > 4096 ? CreativeRefusal.WrongSize
        : Seconds < 1 ? CreativeRefusal.TooShort
        : Seconds > MaxSeconds ? CreativeRefusal.TooLong
        : null;

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
        if (video?.Codec is null || answer?.Format?.Name?.Contains("mp4", StringComparison.Ordinal) != true) return null;
        var turned = video.SideData?.Any(d => d.Rotation is 90 or -90 or 270 or -270) == true;
        return new Film(
            video.Codec, video.PixelFormat ?? "",
            turned ? video.Height : video.Width, turned ? video.Width : video.Height,
            Number(video.Duration) ?? Number(answer.Format.Duration) ?? 0, Rate(video.Rate),
            answer.Streams!.Any(s => s.Type == "audio"));
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static double Rate(string? text) =>
        text?.Split('/') is [var over, var under] && Number(over) is { } a && Number(under) is { } b && b > 0 ? a / b : 0;

    private sealed record Answer([property: JsonPropertyName("streams")] Part[]? Streams, [property: JsonPropertyName("format")] Container? Format);

    private sealed record Container([property: JsonPropertyName("format_name")] string? Name, [property: JsonPropertyName("duration")] string? Duration);

    private sealed record Part(
        [property: JsonPropertyName("codec_type")] string? Type, [property: JsonPropertyName("codec_name")] string? Codec,
        [property: JsonPropertyName("pix_fmt")] string? PixelFormat, [property: JsonPropertyName("width")] int Width,
        [property: JsonPropertyName("height")] int Height, [property: JsonPropertyName("duration")] string? Duration,
        [property: JsonPropertyName("avg_frame_rate")] string? Rate, [property: JsonPropertyName("disposition")] Purpose? Disposition,
        [property: JsonPropertyName("side_data_list")] Side[]? SideData);

    private sealed record Purpose([property: JsonPropertyName("attached_pic")] int AttachedPicture);

    private sealed record Side([property: JsonPropertyName("rotation")] double? Rotation);
}
