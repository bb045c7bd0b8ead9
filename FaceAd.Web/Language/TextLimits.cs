using FaceAd.Web.Data;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>What forms say of long texts.</summary>
static class TextLimits
{
    /// <summary>What is wrong with a text that has more characters than it may, as people see them; null when it fits.</summary>
    /// <param name="texts">The texts of the pages.</param>
    /// <param name="text">The text.</param>
    /// <param name="most">The limit.</param>
    public static string? TooLong(this IStringLocalizer<Texts> texts, string? text, int most) =>
        StorableText.Fits(text?.Trim(), most) ? null : texts["Form.TooLong", most].Value;
}
