using System.Globalization;

namespace FaceAd.Web.Data;

/// <summary>Days as programs and addresses write them.</summary>
static class IsoDay
{
    /// <summary>A day by ISO 8601, such as 2026-03-01, whatever the reader's language.</summary>
    /// <param name="day">The day.</param>
    public static string Iso(this DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
