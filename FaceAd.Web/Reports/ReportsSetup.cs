using System.Globalization;
using System.Threading.RateLimiting;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports.Mailing;
using FaceAd.Web.Reports.Printing;
using Microsoft.AspNetCore.RateLimiting;

namespace FaceAd.Web.Reports;

/// <summary>Registers reports: reading, files, shared links, mails.</summary>
static class ReportsSetup
{
    /// <summary>
    /// Rate limit for opening links: 60 times a minute per client network and node. It guards the node's time; nobody guesses a link.
    /// </summary>
    public const string SharedLimit = "shared-reports";

    public static void AddReports(this IServiceCollection services)
    {
        services.AddSingleton<ReportReader>();
        services.AddSingleton<ReportLinks>();
        services.AddSingleton<Proofs>();
        services.AddScoped<ProofFile>();
        services.AddOptions<PrintOptions>().BindConfiguration("Reports")
            .Validate(o => o.MostWaiting > 0 && o.PrintTime > TimeSpan.Zero && o.PrintTime <= HeadlessChromium.LongestRun,
                "Reports:MostWaiting must be at least 1, Reports:PrintTime above 0 and at most 10 minutes.")
            .ValidateOnStart();
        services.AddSingleton<ReportPrinter>();
        services.AddSingleton<ReportPdf>();
        services.AddScoped<ReportText>();
        services.AddScoped<ReportWorkbook>();
        services.AddScoped<ReportDownloads>();
        services.AddSingleton<ReportMailTexts>();
        services.AddSingleton<ReportMailings>();
        services.AddSingleton<ReportMailer>();
        services.AddHostedService(provider => provider.GetRequiredService<ReportMailer>());
        services.Configure<RateLimiterOptions>(options => options.AddPolicy(SharedLimit, http => RateLimitPartition.GetFixedWindowLimiter(
            ClientAddress.NetworkOf(http), _ =>
                new FixedWindowRateLimiterOptions { PermitLimit = 60, Window = TimeSpan.FromMinutes(1) })));
    }

    public static void MapReports(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/campaigns/{id:guid}/report/{table}.csv", FileAsync).RequireAuthorization();
        endpoints.MapGet("/campaigns/{id:guid}/report.pdf", ReportDownloads.PdfAsync).RequireAuthorization();
        endpoints.MapGet("/campaigns/{id:guid}/report.xlsx", ReportDownloads.WorkbookAsync).RequireAuthorization();
        endpoints.MapGet("/r/{token}/report.pdf", ReportDownloads.SharedPdfAsync).AllowAnonymous().RequireRateLimiting(SharedLimit);
        // One-click unsubscribe (RFC 8058): no page, no sign-in; the signed link is the proof.
        endpoints.MapPost(ReportMailTexts.OneClickPath, async (string? token, ReportMailings mailings) =>
            await mailings.StopAsync(token) ? Results.NoContent() : Results.NotFound())
            .AllowAnonymous().DisableAntiforgery().RequireRateLimiting(AccountLimits.Policy);
        endpoints.MapGet("/campaigns/{id:guid}/proof.jsonl", ProofFile.DownloadAsync).RequireAuthorization();
    }

    private static async Task<IResult> FileAsync(
        Guid id, string table, string? from, string? to, string? site, string? screen, string? creative, HttpContext http,
        CampaignService service, ReportReader reports)
    {
        if (!ReportTables.All.Contains(table)) return Results.NotFound();
        if (!DayRange.Read(from, to).IsGood) return Results.BadRequest();
        if (Viewer.Of(http.User) is not { } viewer || await service.FindAsync(viewer, id, http.RequestAborted) is null)
            return Results.NotFound();
        var report = await reports.ReadAsync(
            ReportAddress.Query(id, from, to, site, screen, creative), viewer.IsMediaOwner, [table], http.RequestAborted);
        // A file cannot say that its days are not those that were asked for. The pages ask for days that there are.
        if (!report.Days.Answer(report.Query)) return Results.BadRequest();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"facead-{table}-{report.Days.FirstDay:yyyyMMdd}-{report.Days.LastDay:yyyyMMdd}.csv");
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
            From = IsoDay.Read(from),
            To = IsoDay.Read(to),
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

    /// <summary>The same query for the days that it was answered with.</summary>
    public static MetricsQuery Answered(MetricsQuery query, MetricsDays days) =>
        days.Answer(query) ? query : query with { From = days.FirstDay, To = days.LastDay };
}
