using System.ComponentModel;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Api.Requests;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api;

/// <summary>Campaign endpoints.</summary>
static class CampaignsApi
{
    private const int MaxPageSize = 100;

    public static void MapCampaigns(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/campaigns").WithTags("Campaigns");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Lists campaigns.");
        api.MapGet("/counts", CountAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Counts campaigns by phase.");
        api.MapPost("", CreateAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(409, 422)
            .WithSummary("Creates a draft. With an Idempotency-Key, a repeat returns the same campaign.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404).WithName("FindCampaign")
            .WithSummary("Returns one campaign.");
        api.MapPut("/{id:guid}", ChangeAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422).TakesVersion()
            .WithSummary("Changes the terms of a draft or a rejected campaign.");
        api.MapDelete("/{id:guid}", DeleteAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409).TakesVersion()
            .WithSummary(
                "Deletes a campaign that is neither running nor under review. It can be restored for 30 days. A booked one only its "
                + "advertiser can delete, and the media owner keeps it, with its report and cost.");
        api.MapPost("/{id:guid}/steps", StepAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422).TakesVersion()
            .WithSummary(
                "Submits, revises, approves, rejects, pauses or resumes a campaign. A step to its current state changes nothing. "
                + "Returns 202 when a second administrator must approve.");
        api.MapGet("/{id:guid}/showing", WhyAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Returns whether a campaign is showing, and why or why not.");
    }

    private static async Task<Results<Ok<PageModel<CampaignModel>>, ProblemHttpResult>> ListAsync(
        HttpContext http, CampaignFinder finder, Display display, [AsParameters] CampaignListQuery words,
        [Description("newest (the default), name, starts, ends or budget.")] string? order,
        [Description("Value of next on the previous page.")] string? after,
        [Description("1 to 100.")] int limit = 20)
    {
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        if (words.Read(out var search) is { } problem) return problem;
        var by = CampaignOrder.Newest;
        if (order is not null && !ApiWords.Read(order, out by))
            return ApiProblem.Of(400, "Word", "order", "newest, name, starts, ends, budget");
        if (after is not null && (CampaignCursor.Read(after) is null || !StorableText.IsSound(after))) return ApiProblem.Of(400, "After");
        var page = await finder.ReadAsync(
            http.Viewer(), search with { Order = by, After = CampaignCursor.Read(after) }, display.Today, limit, http.RequestAborted);
        return TypedResults.Ok(
            new PageModel<CampaignModel>([.. page.Campaigns.Select(c => CampaignModel.Of(c, display.Today))], page.Next?.ToString()));
    }

    private static async Task<Results<Ok<Dictionary<string, int>>,
        ProblemHttpResult>> CountAsync(HttpContext http, CampaignFinder finder, Display display, [AsParameters] CampaignListQuery words)
    {
        if (words.Read(out var search) is { } problem) return problem;
        var counts = await finder.CountAsync(http.Viewer(), search, display.Today, http.RequestAborted);
        return TypedResults.Ok(Enum.GetValues<CampaignPhase>().ToDictionary(ApiWords.Of, p => counts.GetValueOrDefault(p)));
    }

    private static async Task<Results<Created<CampaignModel>, Ok<CampaignModel>, ProblemHttpResult>> CreateAsync(
        HttpContext http, CampaignService service, Display display, CampaignTermsModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (terms.Problem is { } wrong) return wrong;
        var viewer = http.Viewer();
        var id = IdempotencyKey.IdOf(viewer, "", key);
        if (id is { } known && await service.FindAsync(viewer, known, http.RequestAborted) is { } earlier)
            return TypedResults.Ok(Tagged(http, earlier, display));
        var (campaign, problems) = await service.CreateAsync(viewer, terms.ToDraft(), display.Today, id);
        if (campaign is not null)
            return TypedResults.Created($"/api/v1/campaigns/{campaign.Id}", Tagged(http, campaign, display));
        if (problems.Count > 0) return ApiProblem.Of(problems);
        return await service.FindAsync(viewer, id!.Value, http.RequestAborted) is { } meanwhile
            ? TypedResults.Ok(Tagged(http, meanwhile, display))
            : ApiProblem.Of(409, "KeyGone");
    }

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> FindAsync(
        Guid id, HttpContext http, CampaignService service, Display display) =>
        await service.FindAsync(http.Viewer(), id, http.RequestAborted) is { } campaign
            ? TypedResults.Ok(Tagged(http, campaign, display)) : Missing();

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> ChangeAsync(
        Guid id, HttpContext http, CampaignService service, Display display, CampaignTermsModel terms)
    {
        if (terms.Problem is { } wrong) return wrong;
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } now) return Missing();
        if (VersionTag.Check(http.Request, now, out var version) is { } stale) return stale;
        var draft = terms.ToDraft();
        draft.Version ??= version;
        var (campaign, problems) = await service.ChangeAsync(viewer, id, draft, display.Today);
        if (problems.Contains(CampaignProblem.ChangedMeanwhile))
            return version is null ? ApiProblem.Of(409, "ChangedMeanwhile") : VersionTag.Stale;
        if (problems.Count > 0) return ApiProblem.Of(problems);
        return campaign is null ? ApiProblem.Of(409, "NotEditable") : TypedResults.Ok(Tagged(http, campaign, display));
    }

    /// <summary>The model of a campaign, with its version as the answer's <c>ETag</c>.</summary>
    internal static CampaignModel Tagged(HttpContext http, Campaign campaign, Display display)
    {
        VersionTag.Write(http.Response, campaign.Version);
        return CampaignModel.Of(campaign, display.Today);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, HttpContext http, CampaignService service, Display display)
    {
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign) return Missing();
        if (VersionTag.Check(http.Request, campaign, out var version) is { } stale) return stale;
        return await service.DeleteAsync(viewer, id, display.Today, version) ? TypedResults.NoContent()
            : await RefusedAsync(http, service, id, version, ApiProblem.Of(409, "NotDeletable"));
    }

    /// <summary>Why a change was not made: it was for another version, or what the caller says.</summary>
    internal static async Task<ProblemHttpResult> RefusedAsync(
        HttpContext http, CampaignService service, Guid id, int? version, ProblemHttpResult otherwise) =>
        version is not null && (await service.FindAsync(http.Viewer(), id, http.RequestAborted))?.Version != version
            ? VersionTag.Stale : otherwise;

    private static Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> StepAsync(
        Guid id, HttpContext http, CampaignService service, Display display, StepModel step) =>
        ApiWords.Read<CampaignAction>(step.Step, out var action)
            ? TakeAsync(id, http, service, display, action, step.Reason, step.Confirmed)
            : Task.FromResult<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>>(
                ApiProblem.Of(400, "Word", "step", "submit, revise, approve, reject, pause, resume"));

    /// <summary>Applies an action; all endpoints with actions go through here.</summary>
    internal static async Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> TakeAsync(
        Guid id, HttpContext http, CampaignService service, Display display, CampaignAction action, string? reason, string[]? confirmed)
    {
        var viewer = http.Viewer();
        if (CampaignSteps.ForAdmins(action) && !viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (action == CampaignAction.Reject && ReasonProblem(reason) is { } unsaid) return unsaid;
        if (action == CampaignAction.Approve && !HasAll(confirmed)) return ApprovalsApi.Unconfirmed;
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } before) return Missing();
        if (VersionTag.Check(http.Request, before, out var version) is { } stale) return stale;
        if (await service.StepAsync(viewer, id, action, reason, action == CampaignAction.Approve
            ? WaitingItem.Checklist : null, version) is not { } taken) return Missing();
        if (taken.IsStale) return VersionTag.Stale;
        var campaign = await service.FindAsync(viewer, id, http.RequestAborted);
        if (campaign is null) return Missing();
        if (taken.SecondNeeded) return TypedResults.Accepted($"/api/v1/campaigns/{id}", Tagged(http, campaign, display));
        return taken.Happened || taken.From == Goal(action)
            ? TypedResults.Ok(Tagged(http, campaign, display))
            : ApiProblem.Of(409, "Step", ApiWords.Of(CampaignPhases.Of(campaign, display.Today)), ApiWords.Of(action));
    }

    /// <summary>Problem with a reason shown to the advertiser; null when there is none.</summary>
    internal static ProblemHttpResult? ReasonProblem(string? reason) =>
        StorableText.IsBlank(reason) || !StorableText.IsSound(reason) ? ApiProblem.Of(400, "Reason")
        : StorableText.Fits(reason, Campaign.MaxReason) ? null : ApiProblem.Of(400, "TooLong", "reason", Campaign.MaxReason);

    /// <summary>Whether the whole checklist was confirmed, as the page requires.</summary>
    internal static bool HasAll(string[]? confirmed) =>
        WaitingItem.Checklist.All(item => confirmed?.Any(word => ApiWords.Read<ReviewItem>(word, out var read) && read == item) == true);

    private static async Task<Results<Ok<DeliveryStatusModel>, ProblemHttpResult>> WhyAsync(
        Guid id, HttpContext http, CampaignService service, DeliveryStatusReader showing)
    {
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return Missing();
        var status = await showing.WhyAsync(id);
        var viewer = http.Viewer();
        // Another advertiser's campaign is not named, as on the page.
        var rival = status.Facts?.LostTo;
        return TypedResults.Ok(
            new DeliveryStatusModel(status.Showing, CampaignModel.Word(status.Code), status.LastPlayAt, status.NextHour,
                status.Facts is not { } f ? null : new DeliveryFactsModel(
            f.Screens, f.Connected, f.Asked, f.Decisions, f.Wins, rival is not null
                && (viewer.IsMediaOwner || rival.OrganisationId == viewer.OrganisationId) ? rival.Name : null, rival?.Times,
            f.PlaysToday, f.ImpressionsToday)));
    }

    private static CampaignState Goal(CampaignAction action) => action switch
    {
        CampaignAction.Submit => CampaignState.Submitted,
        CampaignAction.Revise => CampaignState.Draft,
        CampaignAction.Reject => CampaignState.Rejected,
        CampaignAction.Pause => CampaignState.Paused,
        _ => CampaignState.Approved,
    };

    internal static ProblemHttpResult Missing() => ApiProblem.Of(404, "NoCampaign");
}
