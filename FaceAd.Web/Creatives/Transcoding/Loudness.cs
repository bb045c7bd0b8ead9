using System.Globalization;
using System.Text.Json;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>Loudness by EBU R128 as measured by ffmpeg's loudnorm, and the filter that normalises it to the target.</summary>
/// <param name="Integrated">Programme loudness in LUFS.</param>
/// <param name="Peak">True peak in dBTP.</param>
/// <param name="Range">Loudness range in LU.</param>
/// <param name="Threshold">Gating threshold in LUFS.</param>
/// <param name="Offset">Target offset reported by loudnorm, in LU.</param>
readonly record struct Loudness(double Integrated, double Peak, double Range, double Threshold, double Offset)
{
    /// <summary>Target of every video: EBU R128's programme loudness, a true peak of -1 dBTP, at most 11 LU of range.</summary>
    public const string Target = "loudnorm=I=-23:TP=-1:LRA=11";

    /// <summary>The filter of the second pass.</summary>
    public string Filter => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target}:measured_I={Integrated:0.##}:measured_TP={Peak:0.##}:measured_LRA={Range:0.##}:measured_thresh={Threshold:0.##}:offset={Offset:0.##}:linear=true,aresample=48000");

    /// <summary>Parses the JSON that loudnorm prints last; null when the audio is silent.</summary>
    public static Loudness? Parse(string printed)
    {
        var from = printed.LastIndexOf('{');
        var to = printed.LastIndexOf('}');
        if (from < 0 || to < from) return null;
        try
        {
            using var json = JsonDocument.Parse(printed.AsMemory(from, to - from + 1));
            double Number(string name) =>
                double.Parse(json.RootElement.GetProperty(name).GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
            var measured = new Loudness(
                Number("input_i"), Number("input_tp"), Number("input_lra"), Number("input_thresh"), Number("target_offset"));
            return double.IsFinite(measured.Integrated) && measured.Integrated > -70 ? measured : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
