using System.Globalization;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Reports.Printing;

namespace FaceAd.Web.Reports;

/// <summary>A whole report as a file: PDF and workbook.</summary>
sealed class ReportDownloads(
    CampaignService service, ReportReader reports, ReportLinks links, ReportPdf pdf, ReportWorkbook workbook, AuditLog audit,
    IHttpContextAccessor accessor)
{
    private HttpContext Http => accessor.HttpContext!;

    /// <summary>The days and the part of a campaign, as an address names them.</summary>
    /// <param name="From">First day.</param>
    /// <param name="To">Last day.</param>
    /// <param name="Site">One site.</param>
    /// <param name="Screen">One screen.</param>
    /// <param name="Creative">One creative.</param>
    public readonly record struct Part(string? From, string? To, string? Site, string? Screen, string? Creative);

    public static Task<IResult> PdfAsync(Guid id, [AsParameters] Part part, ReportDownloads files) => files.PdfAsync(id, part);

    public static Task<IResult> SharedPdfAsync(string token, ReportDownloads files) => files.SharedPdfAsync(token);

    public static Task<IResult> WorkbookAsync(Guid id, [AsParameters] Part part, ReportDownloads files) => files.WorkbookAsync(id, part);

    /// <summary>The file; where it cannot be made, the report's page, which says why.</summary>
    private Task<IResult> PdfAsync(Guid id, Part part) => ReadAsync(
        id, part, report => PdfAsync(report, $"~/campaigns/{id}/report{ReportAddress.Words(report.Query)}"));

    private async Task<IResult> SharedPdfAsync(string token) =>
        await links.OpenAsync(token) is { } link
            ? await PdfAsync(await reports.ReadAsync(link.Query, exact: false, null, Http.RequestAborted), $"~/r/{token}")
            : Results.NotFound();

    private Task<IResult> WorkbookAsync(Guid id, Part part) => ReadAsync(id, part, async report => Results.File(
        await workbook.WriteAsync(report, Http.RequestAborted), ReportWorkbook.MediaType, NameOf(report, "xlsx")));

    private async Task<IResult> PdfAsync(CampaignReport report, string page)
    {
        var (file, failure) = await pdf.MakeAsync(report, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, Http.RequestAborted);
        Http.Response.Headers.CacheControl = "no-store";
        Http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return file is not null ? Results.File(file, "application/pdf", NameOf(report, "pdf"))
            : Results.LocalRedirect($"{page}{(page.Contains('?', StringComparison.Ordinal) ? '&' : '?')}pdf={failure}");
    }

    // As with tables: of days that the campaign has not there is no file. The pages ask for days that there are.
    private async Task<IResult> ReadAsync(Guid id, Part part, Func<CampaignReport, Task<IResult>> write)
    {
        Http.Response.Headers.CacheControl = "no-store";
        if (!DayRange.Read(part.From, part.To).IsGood) return Results.BadRequest();
        if (Viewer.Of(Http.User) is not { } viewer || await service.FindAsync(viewer, id, Http.RequestAborted) is not { } campaign)
            return Results.NotFound();
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        var report = await reports.ReadAsync(
            ReportAddress.Query(id, part.From, part.To, part.Site, part.Screen, part.Creative), viewer.IsMediaOwner, null,
            Http.RequestAborted);
        return report.Days.Answer(report.Query) ? await write(report) : Results.BadRequest();
    }

    /// <summary>A file's name, such as facead-report-20261102-20261129.pdf.</summary>
    internal static string NameOf(CampaignReport report, string ending) => string.Create(
        CultureInfo.InvariantCulture, $"facead-report-{report.Days.FirstDay:yyyyMMdd}-{report.Days.LastDay:yyyyMMdd}.{ending}");
}
