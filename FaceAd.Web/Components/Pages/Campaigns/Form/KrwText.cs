using System.Globalization;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <summary>Amounts as people type them.</summary>
static class KrwText
{
    /// <summary>An amount with its separators; empty for none.</summary>
    /// <param name="krw">Whole KRW.</param>
    public static string Write(long krw) => krw == 0 ? "" : krw.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>People type 1,000,000 or 1000000원; 0 for anything that is not a whole number.</summary>
    /// <param name="text">What was typed.</param>
    public static long Read(string? text) =>
        long.TryParse(text?.Trim().Trim('₩', '원', ' ').Replace(",", "", StringComparison.Ordinal), NumberStyles.None,
            CultureInfo.InvariantCulture, out var krw) ? krw : 0;
}
