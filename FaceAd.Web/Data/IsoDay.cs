using System.Globalization;

namespace FaceAd.Web.Data;

/// <summary>Dates as programs and page addresses write them.</summary>
static class IsoDay
{
    /// <summary>A date in ISO 8601, such as 2026-03-01, in any culture.</summary>
    public static string Iso(this DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A date of an address; null when it is none.</summary>
    public static DateOnly? Read(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
