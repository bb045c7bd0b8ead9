using System.Globalization;

namespace FaceAd.Web.Data;

/// <summary>Dates as programs and page addresses write them.</summary>
static class IsoDay
{
    /// <summary>A date in ISO 8601, such as 2026-03-01, in any culture.</summary>
    public static string Iso(this DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The date of a page's address; null when it is none, or of no time that anything here can be of.</summary>
    public static DateOnly? Read(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 2000 and < 2200 ? day : null;
}
