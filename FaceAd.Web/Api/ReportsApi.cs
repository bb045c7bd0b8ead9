using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery.Guarantee;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>Report endpoints.</summary>
static class ReportsApi
{
    public static void MapReports(this RouteGroupBuilder api)
    {
        api.MapGet("/campaigns/{id:guid}/proof", ProveAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404, 422).WithTags("Reports")
            .Produces<string>(StatusCodes.Status200OK, ProofFile.Type)
            .WithSummary(
                "Returns the signed plays of a campaign, at most 31 days, as JSON lines that verify-plays checks. from and to default to "
                + "the last 7 days of the campaign; screen is one screen.");
        api.MapGet("/campaigns/{id:guid}/report", ReadAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404).WithTags("Reports")
            .WithSummary(
                "Returns a campaign's figures as the token's organisation may see them. tables: "
                + string.Join(", ", ReportTables.All) + ".")
            .WithDescription(Definitions());
    }

    private static async Task<IResult> ProveAsync(
        Guid id, HttpContext http, ProofFile file, CampaignService service, string? from, string? to, Guid? screen)
    {
        if (ApiProblem.Of(DayRange.Read(from, to)) is { } problem) return problem;
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign) return CampaignsApi.Missing();
        if (file.DaysOf(campaign, from, to) is not { } days) return ApiProblem.Of(400, "ProofDays", Proofs.MostDays);
        return await file.OpenAsync(http, viewer, campaign, days, screen) ?? ApiProblem.Of(422, "ProofTooLarge");
    }

    private static async Task<Results<Ok<ReportModel>, ProblemHttpResult>> ReadAsync(
        Guid id, HttpContext http, CampaignService service, ReportReader reports, string? from, string? to, string? site, string? screen,
        string? creative, string? tables, AuditLog audit, ShortfallReader shortfalls)
    {
        var wanted = tables is null ? ReportTables.All : tables.Split(',', StringSplitOptions.TrimEntries
            | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (!wanted.All(ReportTables.All.Contains)) return ApiProblem.Of(400, "Word", "tables", string.Join(", ", ReportTables.All));
        if (ApiProblem.Of(DayRange.Read(from, to)) is { } problem) return problem;
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign) return CampaignsApi.Missing();
        // As on the page: viewing another organisation's exact figures is audited.
        if (viewer.IsMediaOwner && campaign.OrganisationId != viewer.OrganisationId)
            await audit.LookedAsync(viewer, AuditVerb.FiguresViewed, AuditSubject.Campaign, campaign.Id, campaign.Name);
        var report = await reports.ReadAsync(
            ReportAddress.Query(id, from, to, site, screen, creative), viewer.IsMediaOwner, wanted, http.RequestAborted);
        return TypedResults.Ok(new ReportModel(
            id, report.Days.FirstDay, report.Days.LastDay, report.Days.Answer(report.Query), report.Window.FirstDay, report.Window.LastDay,
            report.Window.Epoch, report.ComputedAt, report.Exact,
            [.. (campaign.MakeGoods ?? []).Select(m => new MakeGoodModel(m.StartsOn, m.EndsOn, m.At, m.EndedOn, m.SettledKrw))],
            await shortfalls.ReadAsync(id, http.RequestAborted) is { } shortfall
                ? new ShortfallModel(shortfall.Missing, [.. shortfall.Causes.Select(Cause)]) : null,
            [.. report.Tables.Select(t =>
                new ReportTableModel(t.Key, [.. t.Columns.Select(c => c.Key)], [.. t.Rows.Select(r => Row(t, r))]))]));
    }

    private static ShortfallCauseModel Cause(ShortfallCause cause) => new(
        ApiWords.Of(cause.Kind), cause.Impressions, cause.Screens > 0 ? cause.Screens : null, cause.Hours > 0 ? cause.Hours : null,
        cause.Fewer > 0 ? cause.Fewer : null);

    /// <summary>A row as an object. A figure that is withheld for few people is a text, and any other that is not there null.</summary>
    internal static Dictionary<string, object?> Row(ReportTable table, IReadOnlyList<ReportValue> row)
    {
        var model = Enumerable.Range(0, row.Count)
            .ToDictionary(i => table.Columns[i].Key, i => (object?)ReportFile.Words(row[i]) ?? row[i].Number);
        var reasons = row.Select((value, i) => (table.Columns[i].Key, value.Why)).Where(r => r.Why is not null and not NoFigure.Few)
            .ToDictionary(r => r.Key, r => ApiWords.Of(r.Why!.Value));
        if (reasons.Count > 0) model["reasons"] = reasons;
        return model;
    }

    private static string Definitions() => string.Join("\n", MetricDefinitions.All.Select(d =>
        $"- {d.Key}: {ApiProblem.English("Report.Word." + d.Key)} {ApiProblem.English("Metric.Basis." + d.Basis)}"));
}
