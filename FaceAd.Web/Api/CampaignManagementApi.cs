using System.ComponentModel;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Api.Requests;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>
/// Campaign endpoints beyond editing: copies, bulk changes, restoring, history, comments, and what was measured where a campaign would run.
/// </summary>
static class CampaignManagementApi
{
    private const int MaxPageSize = 100;

    public static void MapCampaignManagement(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/campaigns").WithTags("Campaigns");
        api.MapPost("/{id:guid}/duplicate", DuplicateAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409).TakesVersion()
            .WithSummary("Copies a campaign's terms and creatives into a draft. With an Idempotency-Key, a repeat returns the same copy.");
        api.MapGet("/deleted", DeletedAsync).RequireScope(ApiScopes.CampaignsRead)
            .WithSummary("Lists campaigns deleted in the last 30 days, newest first, at most 100.");
        api.MapPost("/{id:guid}/restore", RestoreAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Restores a deleted campaign.");
        api.MapPost("/bulk", BulkAsync).RequireScope(ApiScopes.CampaignsWrite)
            .WithSummary("Changes up to 200 campaigns: all of them or none. With preview, only returns what would happen to each.");
        api.MapGet("/{id:guid}/history", HistoryAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists who changed what, newest first.");
        api.MapGet("/{id:guid}/comments", CommentsAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists the comments of advertiser and media owner, newest first.");
        api.MapPost("/{id:guid}/comments", CommentAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 422)
            .WithSummary("Adds a comment for the other side. With an Idempotency-Key, a repeat adds no second one.");
        group.MapPost("/inventory", InventoryAsync).RequireScope(ApiScopes.CampaignsRead).WithTags("Campaigns").Refuses(422)
            .WithSummary(
                "Returns what was measured in the last 28 days where these terms would run: past figures, not a forecast. "
                + "Changes nothing.");
    }

    private static async Task<Results<Created<CampaignModel>, Ok<CampaignModel>, ProblemHttpResult>> DuplicateAsync(
        Guid id, HttpContext http, CampaignService service, Display display, DuplicateModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (!StorableText.IsSound(terms.Name)) return ApiProblem.Of(400, "BadRequest");
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } original) return CampaignsApi.Missing();
        var copyId = IdempotencyKey.IdOf(viewer, $"copy {id:N} ", key);
        if (copyId is { } known && await service.FindAsync(viewer, known, http.RequestAborted) is { } earlier)
            return TypedResults.Ok(CampaignsApi.Tagged(http, earlier, display));
        if (VersionTag.Check(http.Request, original, out var version) is { } stale) return stale;
        try
        {
            var name = StorableText.IsBlank(terms.Name) ? ApiProblem.Text("Book.CopyOf", original.Name) : terms.Name;
            if (await service.DuplicateAsync(viewer, id, name, display.Today, copyId, version) is not { } copy)
                return await CampaignsApi.RefusedAsync(http, service, id, version, CampaignsApi.Missing());
            var made = await service.FindAsync(viewer, copy.Id, http.RequestAborted) ?? copy;
            return TypedResults.Created($"/api/v1/campaigns/{copy.Id}", CampaignsApi.Tagged(http, made, display));
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await service.FindAsync(viewer, copyId!.Value, http.RequestAborted) is { } meanwhile
                ? TypedResults.Ok(CampaignsApi.Tagged(http, meanwhile, display)) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Ok<PageModel<CampaignModel>>> DeletedAsync(HttpContext http, CampaignService service, Display display) =>
        TypedResults.Ok(
            new PageModel<CampaignModel>(
                [.. (await service.ListDeletedAsync(http.Viewer())).Select(c => CampaignModel.Of(c, display.Today))], null));

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> RestoreAsync(
        Guid id, HttpContext http, CampaignService service, Display display)
    {
        // A retry finds the campaign already restored.
        await service.RestoreAsync(http.Viewer(), id);
        return await service.FindAsync(http.Viewer(), id, http.RequestAborted) is { } campaign
            ? TypedResults.Ok(CampaignsApi.Tagged(http, campaign, display)) : CampaignsApi.Missing();
    }

    private static async Task<Results<Ok<BulkModel>, ProblemHttpResult>> BulkAsync(
        HttpContext http, CampaignBulk bulk, Display display, BulkTermsModel terms)
    {
        if (!ApiWords.Read<BulkAction>(terms.Action, out var action))
            return ApiProblem.Of(400, "Word", "action", "pause, resume, endsOn, budget, sites");
        if (terms.Campaigns is not { Length: > 0 and <= CampaignBulk.Most } rows || rows.Any(r => r is null)
            || rows.DistinctBy(r => r.Id).Count() != rows.Length)
            return ApiProblem.Of(400, "Many", "campaigns", CampaignBulk.Most);
        if (terms.SiteIds is { Length: > 1000 }) return ApiProblem.Of(400, "Many", "siteIds", 1000);
        if (terms.Percent is < -100 or > 1000) return ApiProblem.Of(400, "Range", "percent", -100, 1000);
        var change = new BulkChange(action) { EndsOn = terms.EndsOn, Percent = terms.Percent, SiteIds = terms.SiteIds ?? [] };
        var viewer = http.Viewer();
        IReadOnlyList<BulkRow> outcome;
        if (terms.Preview)
        {
            outcome = await bulk.PreviewAsync(viewer, [.. rows.Select(r => r.Id)], change, display.Today);
        }
        else
        {
            if (rows.Any(r => r.Version is null)) return ApiProblem.Of(400, "Versions");
            outcome = await bulk.ApplyAsync(viewer, rows.ToDictionary(r => r.Id, r => r.Version!.Value), change, display.Today);
        }
        return TypedResults.Ok(
            new BulkModel(!terms.Preview && outcome.All(r => r.Refusal is null), [.. outcome.Select(r => new BulkRowModel(
            r.Id, r.Name, r.Version, r.Refusal?.ToString(), r.Refusal is { } why
                ? ApiProblem.Text("Book.Bulk.Refused." + why) : null, BulkTermsOf(r.Before), BulkTermsOf(r.After)))]));
    }

    private static async Task<Results<Ok<PageModel<HistoryModel>>,
        ProblemHttpResult>> HistoryAsync(Guid id, HttpContext http, CampaignService service, CampaignLog log, string? after)
    {
        if (after is not null && AuditCursor.Read(after) is null) return ApiProblem.Of(400, "After");
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var page = await log.ReadAsync(viewer, id, AuditCursor.Read(after), http.RequestAborted);
        return TypedResults.Ok(new PageModel<HistoryModel>(
            [.. page.Events.Select(e => new HistoryModel(e.At, ApiWords.Of(e.Verb), e.Who, e.ByOwner, e.Details))], page.Next?.ToString()));
    }

    private static async Task<Results<Ok<PageModel<CommentModel>>, ProblemHttpResult>> CommentsAsync(
        Guid id, HttpContext http, CampaignService service, CampaignComments talk, string? after, [Description("1 to 100.")] int limit = 50)
    {
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        if (!ApiWords.Place(after, out var place)) return ApiProblem.Of(400, "After");
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var rows = (await talk.ListAsync(viewer, id, limit + 1, place)).Reverse().ToList();
        return TypedResults.Ok(ApiWords.Page(rows, limit, Of, c => ApiWords.Place(c.At, c.Id)));
    }

    private static async Task<Results<Created<CommentModel>, Ok<CommentModel>, ProblemHttpResult>> CommentAsync(
        Guid id, HttpContext http, CampaignService service, CampaignComments talk, NewCommentModel comment,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (StorableText.IsBlank(comment.Text) || !StorableText.IsSound(comment.Text))
            return ApiProblem.Of(422, "Text", CampaignComment.MaxText);
        if (!StorableText.Fits(comment.Text, CampaignComment.MaxText))
            return ApiProblem.Of(422, "TooLong", "text", CampaignComment.MaxText);
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var commentId = IdempotencyKey.IdOf(viewer, $"comment {id:N} ", key) ?? Guid.CreateVersion7();
        async Task<CommentModel?> FindAsync() =>
            (await talk.ListAsync(viewer, id, MaxPageSize)).Where(c => c.Id == commentId).Select(Of).SingleOrDefault();
        if (key is not null && await FindAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            if (!await talk.WriteAsync(viewer, id, comment.Text, commentId)) return CampaignsApi.Missing();
            return TypedResults.Created($"/api/v1/campaigns/{id}/comments", await FindAsync());
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await FindAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<Ok<InventoryModel>, ProblemHttpResult>> InventoryAsync(
        HttpContext http, AudienceHistory history, SiteGroups groups, Display display, InventoryTermsModel terms)
    {
        List<Segment> targets = [];
        foreach (var word in terms.Targets ?? [])
        {
            if (!ApiWords.Read<Segment>(word, out var segment) || segment == Segment.Unknown)
                return ApiProblem.Of([CampaignProblem.TargetsMissing]);
            targets.Add(segment);
        }
        if (targets.Count == 0) return ApiProblem.Of([CampaignProblem.TargetsMissing]);
        if (terms.SiteIds is { Length: > 1000 }) return ApiProblem.Of(400, "Many", "siteIds", 1000);
        // Parsed like a campaign's terms.
        var draft = new CampaignTermsModel("", default, default, terms.Targets, terms.SiteIds, terms.GroupIds, terms.Days, terms.Hours,
            null, 0, null, null).ToDraft();
        if (!Dayparting.IsValid(draft.Days, draft.Hours)) return ApiProblem.Of([CampaignProblem.HoursMissing]);
        var named = (await groups.ListAsync(http.RequestAborted)).Where(g => draft.GroupIds.Contains(g.Id)).ToList();
        if (named.Count != draft.GroupIds.Count) return ApiProblem.Of([CampaignProblem.GroupUnknown]);
        var past = await history.ReadAsync(
            targets, SiteGroups.Together(draft.SiteIds, named), draft.Days, draft.Hours, display.Today, http.RequestAborted);
        return TypedResults.Ok(new InventoryModel(past.Screens, past.Presences, past.MeasuredDays, AudienceHistory.Days));
    }

    private static BulkStateModel BulkTermsOf(BulkTerms terms) =>
        new(ApiWords.Of(terms.State), terms.EndsOn, terms.BudgetKrw, terms.SiteIds ?? []);

    private static CommentModel Of(CampaignComment c) => new(c.Id, c.Author, c.ByOwner, c.Text, c.At);
}
