using System.Globalization;
using System.Threading.RateLimiting;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.RateLimiting;

namespace FaceAd.Web.Reports;

/// <summary>Registers reports: reading, files and shared links.</summary>
static class ReportsSetup
{
    /// <summary>Rate limit for opening links: 60 times a minute per client network.</summary>
    public const string SharedLimit = "shared-reports";

    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ReportReader>();
        services.AddSingleton<ReportLinks>();
        services.Configure<RateLimiterOptions>(options => options.AddPolicy(SharedLimit, http => RateLimitPartition.GetFixedWindowLimiter(
            ClientAddress.NetworkOf(http), _ =>
                new FixedWindowRateLimiterOptions { PermitLimit = 60, Window = TimeSpan.FromMinutes(1) })));
    }

    public static void MapReports(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/campaigns/{id:guid}/report/{table}.csv", FileAsync).RequireAuthorization();

    private static async Task<IResult> FileAsync(
        Guid id, string table, string? from, string? to, string? site, string? screen, string? creative, HttpContext http,
        CampaignService service, ReportReader reports)
    {
        if (!ReportTables.All.Contains(table)) return Results.NotFound();
        if (Viewer.Of(http.User) is not { } viewer || await service.FindAsync(viewer, id, http.RequestAborted) is null)
            return Results.NotFound();
        var report = await reports.ReadAsync(
            ReportAddress.Query(id, from, to, site, screen, creative), viewer.IsMediaOwner, [table], http.RequestAborted);
        var name = string.Create(
            CultureInfo.InvariantCulture, $"facead-{table}-{report.Window.FirstDay:yyyyMMdd}-{report.Window.LastDay:yyyyMMdd}.csv");
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(ReportFile.Write(report.Tables[0]), "text/csv; charset=utf-8", name);
    }
}

/// <summary>A report's query in the query string of an address.</summary>
static class ReportAddress
{
    /// <summary>Parses the parameters; invalid ones are ignored, as on the campaign's page.</summary>
    public static MetricsQuery Query(Guid campaign, string? from, string? to, string? site, string? screen, string? creative) =>
        new(campaign)
        {
            From = Day(from),
            To = Day(to),
            SiteId = Guid.TryParse(site, out var s) ? s : null,
            ScreenId = Guid.TryParse(screen, out var c) ? c : null,
            CreativeId = Guid.TryParse(creative, out var f) ? f : null,
        };

    /// <summary>Formats the parameters: empty, or starting with a question mark.</summary>
    public static string Words(MetricsQuery query) => QueryString.Create(new[]
    {
        KeyValuePair.Create("from", query.From?.Iso()), KeyValuePair.Create("to", query.To?.Iso()),
            KeyValuePair.Create("site", query.SiteId?.ToString()),
        KeyValuePair.Create("screen", query.ScreenId?.ToString()), KeyValuePair.Create("creative", query.CreativeId?.ToString()),
    }.Where(w => w.Value is not null)).Value ?? "";

    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
