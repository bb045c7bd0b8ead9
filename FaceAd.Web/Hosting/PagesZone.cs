namespace FaceAd.Web.Hosting;

/// <summary>
/// The media owner's time zone, <c>Dashboard:TimeZone</c>: that of pages, and of the nights in which plans are made anew.
/// </summary>
static class PagesZone
{
    /// <summary>The time zone.</summary>
    /// <exception cref="StartException">There is no such time zone.</exception>
    public static TimeZoneInfo Of(IConfiguration configuration)
    {
        var id = configuration["Dashboard:TimeZone"] ?? "Asia/Seoul";
        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)
            ? zone : throw new StartException($"Dashboard:TimeZone is '{id}'; it must be a time zone such as Asia/Seoul.");
    }
}
