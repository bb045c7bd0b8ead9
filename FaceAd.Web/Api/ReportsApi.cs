using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>Report endpoints.</summary>
static class ReportsApi
{
    public static void MapReports(this RouteGroupBuilder api) =>
        api.MapGet("/campaigns/{id:guid}/report", ReadAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404).WithTags("Reports")
        .WithSummary(
            "Returns a campaign's figures as the token's organisation may see them. tables: figures, timeline, segments, frequency, "
            + "sites, screens, creatives, hours.");

    private static async Task<Results<Ok<ReportModel>, ProblemHttpResult>> ReadAsync(
        Guid id, HttpContext http, CampaignService service, ReportReader reports, string? from, string? to, string? site, string? screen,
        string? creative, string? tables, AuditLog audit)
    {
        var wanted = tables is null ? ReportTables.All : tables.Split(',', StringSplitOptions.TrimEntries
            | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (!wanted.All(ReportTables.All.Contains)) return ApiProblem.Of(400, "Word", "tables", string.Join(", ", ReportTables.All));
        foreach (var (name, day) in new[] { ("from", from), ("to", to) })
        {
            if (day is not null && ReportAddress.Day(day) is null) return ApiProblem.Of(400, "Day", name);
        }
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign) return CampaignsApi.Missing();
        // As on the page: viewing another organisation's exact figures is audited.
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        var report = await reports.ReadAsync(
            ReportAddress.Query(id, from, to, site, screen, creative), viewer.IsMediaOwner, wanted, http.RequestAborted);
        return TypedResults.Ok(new ReportModel(
            id, report.Window.FirstDay, report.Window.LastDay, report.Window.Epoch, report.ComputedAt, report.Exact,
            [.. report.Tables.Select(t =>
                new ReportTableModel(t.Key, [.. t.Columns.Select(c => c.Key)], [.. t.Rows.Select(r => Row(t, r))]))]));
    }

    private static Dictionary<string, object?> Row(ReportTable table, IReadOnlyList<ReportValue> row) =>
        Enumerable.Range(0, row.Count).ToDictionary(i => table.Columns[i].Key, i => row[i] switch
        {
            { Text: { } text } => text,
            { Few: true } => ReportFile.Few,
            var value => (object?)value.Number,
        });
}
