using System.ComponentModel;
using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Privacy;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Shared links to reports, and what only the media owner sees: the overview, audience figures, privacy, the audit log.</summary>
static class FiguresApi
{
    private const int MostDays = 366;

    public static void MapFigures(this RouteGroupBuilder group)
    {
        var links = group.MapGroup("").WithTags("Reports");
        links.MapGet("/campaigns/{id:guid}/links", LinksAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404)
            .WithSummary("Lists a campaign's valid report links.");
        links.MapPost("/campaigns/{id:guid}/links", ShareAsync).RequireScope(ApiScopes.ReportsWrite).Refuses(404, 409, 422)
            .WithSummary(
                "Creates a link that shows a report to people without an account; its address is returned only once. With an "
                + "Idempotency-Key, a repeat returns the same link without the address.");
        links.MapDelete("/links/{id:guid}", EndAsync).RequireScope(ApiScopes.ReportsWrite).Refuses(404).WithSummary("Revokes a link.");

        var owner = group.MapGroup("").WithTags("Media owner");
        owner.MapGet("/overview", OverviewAsync).RequireScope(ApiScopes.ReportsRead)
            .WithSummary("Returns current key figures: pending approvals, today's plays and the running campaigns; media owner only.");
        owner.MapGet("/audience", AudienceAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404)
            .WithSummary("Returns opportunities to see the screens, whatever was playing; media owner only.");
        owner.MapGet("/privacy", PrivacyAsync).RequireScope(ApiScopes.ScreensRead)
            .WithSummary("Returns what is stored about people, since when and until when; media owner only. The call is audited.");
        owner.MapGet("/audit", AuditAsync).RequireScope(ApiScopes.AuditRead)
            .WithSummary("Searches the audit log, newest first, 50 entries per page; media owner only. The call is audited.");
    }

    private static async Task<Results<Ok<LinkModel[]>, ProblemHttpResult>> LinksAsync(
        Guid id, HttpContext http, CampaignService service, ReportLinks links)
    {
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        return TypedResults.Ok<LinkModel[]>([.. (await links.ListAsync(http.Viewer(), id)).Select(l => Of(l, null))]);
    }

    private static async Task<Results<Created<LinkModel>, Ok<LinkModel>, ProblemHttpResult>> ShareAsync(
        Guid id, HttpContext http, CampaignService service, ReportLinks links, LinkTermsModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (!ReportLinks.Lifetimes.Contains(terms.Days))
            return ApiProblem.Of(422, "Word", "days", string.Join(", ", ReportLinks.Lifetimes));
        if (terms.From > terms.To) return ApiProblem.Of(422, "Days");
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var linkId = IdempotencyKey.IdOf(viewer, $"link {id:N} ", key);
        async Task<LinkModel?> EarlierAsync() =>
            linkId is { } known && (await links.ListAsync(viewer, id)).FirstOrDefault(l => l.Id == known) is { } link
                ? Of(link, null) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            var query = new MetricsQuery(id)
            {
                From = terms.From,
                To = terms.To,
                SiteId = terms.Site,
                ScreenId = terms.Screen,
                CreativeId = terms.Creative,
            };
            if (await links.MakeAsync(viewer, query, terms.Days, linkId) is not var (link, token))
                return ApiProblem.Of(409, "TooManyLinks", ReportLinks.MostOpen);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created(
                $"/api/v1/campaigns/{id}/links", Of(link, $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}/r/{token}"));
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(Guid id, HttpContext http, ReportLinks links) =>
        await links.RevokeAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoLink");

    private static async Task<Results<Ok<OverviewModel>, ProblemHttpResult>> OverviewAsync(HttpContext http, OverviewFeed feed)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        var now = await feed.ReadAsync(http.RequestAborted);
        return TypedResults.Ok(
            new OverviewModel(
                now.Waiting.All, now.PlaysToday, now.CoverageToday, now.RunningTotal, [.. now.Running.Select(r =>
                {
                    var cpm = CostFigures.Cpm(r.Figures);
                    var reach = SmallCounts.Of(r.Figures, r.Targets, exact: true).Reach;
                    return new RunningModel(
                        r.Id, r.Name, r.Advertiser, [.. r.Targets.Select(ApiWords.Of)], r.Figures.Impressions, reach.Value,
                        Reason(reach), r.Figures.Frequency, cpm.Value, Reason(cpm), r.Figures.Coverage);
                })]));
    }

    private static string? Reason(ShownFigure figure) =>
        figure is { Value: null, Why: not NoFigure.Undefined } ? ApiWords.Of(figure.Why) : null;

    private static async Task<Results<Ok<AudienceModel>, ProblemHttpResult>> AudienceAsync(
        HttpContext http, AudienceFiguresReader audience, Display display,
        [Description("First day; 28 days before the last if absent.")] string? from,
        [Description("Last day; today when absent.")] string? to, [Description("One site.")] Guid? site)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        var days = DayRange.Read(from, to);
        if (ApiProblem.Of(days) is { } problem) return problem;
        var last = days.Bounded.To ?? display.Today;
        var first = days.Bounded.From ?? last.AddDays(-27);
        if (ApiProblem.Of(new DayRange(first, last)) is { } reversed) return reversed; // from a day to come until today
        if (last.DayNumber - first.DayNumber >= MostDays) return ApiProblem.Of(400, "MostDays", MostDays);
        var figures = await audience.ReadAsync(site, first, last);
        return TypedResults.Ok(
            new AudienceModel(first, last, figures.All, figures.Segments.ToDictionary(s => ApiWords.Of(s.Segment), s => s.Count),
                figures.Hours, figures.Screens));
    }

    private static async Task<Results<Ok<PrivacyModel>, ProblemHttpResult>> PrivacyAsync(
        HttpContext http, PrivacyReader reader, AuditLog log, [Description("Value of next on the previous page.")] string? after)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!StorableText.IsSound(after)) return ApiProblem.Of(400, "After");
        await log.LookedAsync(viewer, AuditVerb.PrivacyViewed, AuditSubject.Page, null, "/api/v1/privacy");
        var facts = await reader.ReadAsync(after, http.RequestAborted);
        return TypedResults.Ok(new PrivacyModel(
            facts.AllSites, facts.Measuring, facts.RawDays, facts.Grace.TotalHours, facts.BinaryColumns,
            [.. facts.Facts.Select(f =>
                new StoredFactsModel(ApiWords.Of(f.Kind), f.Rows.Rows, f.Rows.Estimated, f.Oldest, f.Newest, f.KeptUntil))],
            [.. facts.Sites.Select(s => new SitePrivacyModel(s.Site.Id, s.Site.Name, s.Site.Measures,
                [.. s.Stored.Select(e =>
                    new StoredEpochModel(e.Epoch, e.FirstDay, e.LastDay, e.Persons.Rows, e.Persons.Estimated, e.DeleteOn, e.Overdue))],
                [.. s.Ended.Select(e => new EndedEpochModel(e.Epoch, e.FirstDay, e.LastDay, e.Persons, e.EndedAt))]))], facts.Next));
    }

    private static async Task<Results<Ok<PageModel<AuditModel>>,
        ProblemHttpResult>> AuditAsync(HttpContext http, AuditReader reader, AuditLog log, Display display, [AsParameters] AuditQuery words)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (words.Read(display, out var filter) is { } problem) return problem;
        await log.LookedAsync(viewer, AuditVerb.AuditViewed, AuditSubject.Page, null, "/api/v1/audit");
        var page = await reader.ReadAsync(filter, http.RequestAborted);
        return TypedResults.Ok(new PageModel<AuditModel>([.. page.Entries.Select(e => new AuditModel(
            e.Id, e.At, e.UserId, e.UserName, e.OrganisationId, ApiWords.Of(e.Verb), ApiWords.Of(e.Subject), e.SubjectId, e.SubjectName,
            e.Details is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(e.Details), e.Address))],
            page.Next?.ToString()));
    }

    private static LinkModel Of(ReportLink l, string? address) =>
        new(l.Id, l.CampaignId, l.From, l.To, l.SiteId, l.ScreenId, l.CreativeId, l.CreatedBy, l.CreatedAt, l.ExpiresAt, l.Opened,
            l.OpenedAt, address);
}
