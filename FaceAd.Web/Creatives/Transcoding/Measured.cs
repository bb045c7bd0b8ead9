using System.Globalization;
using System.Text.RegularExpressions;

namespace FaceAd.Web.Creatives.Transcoding;

/// <summary>What is found out by decoding a video once.</summary>
/// <param name="Loudness">Of its sound; null when it is silent or has none.</param>
/// <param name="Fields">Which of two interlaced fields comes first, "tff" or "bff"; null when its pictures are whole.</param>
readonly partial record struct Measured(Loudness? Loudness, string? Fields)
{
    // A picture that is whole is seldom taken for two fields; two fields without motion are taken for neither.
    private const double LeastShare = 0.2;
    private const int LeastPictures = 5;

    /// <summary>Parses what ffmpeg's loudnorm and idet print.</summary>
    public static Measured Parse(string printed) => new(Transcoding.Loudness.Parse(printed), FieldsOf(printed));

    private static string? FieldsOf(string printed)
    {
        if (Counts().Matches(printed) is not [.., var last]) return null;
        int Count(int group) => int.Parse(last.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var (top, bottom, whole) = (Count(1), Count(2), Count(3));
        var fields = top + bottom;
        return fields < LeastPictures || fields < LeastShare * (fields + whole) ? null : top >= bottom ? "tff" : "bff";
    }

    [GeneratedRegex(@"Multi frame detection: TFF: *(\d{1,9}) BFF: *(\d{1,9}) Progressive: *(\d{1,9})")]
    private static partial Regex Counts();
}
