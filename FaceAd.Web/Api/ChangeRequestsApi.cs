using System.ComponentModel;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Change requests of booked campaigns: advertisers send and withdraw them, the media owner accepts or declines.</summary>
static class ChangeRequestsApi
{
    private const int MaxPageSize = 100;

    public static void MapChangeRequests(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/campaigns/{id:guid}/change-requests").WithTags("Change requests");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists a campaign's change requests, newest first.");
        api.MapPost("", AskAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422)
            .WithSummary(
                "Asks for other terms of an approved campaign. A campaign has one open request; another one names it in replaces. With an "
                + "Idempotency-Key, a repeat returns the same request.");
        api.MapGet("/{request:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Returns a change request beside the campaign as it is, and whether it can be accepted.");
        api.MapPost("/{request:guid}/withdraw", WithdrawAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Withdraws an open change request.");
        api.MapPost("/{request:guid}/accept", AcceptAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Gives the campaign the requested terms; media owner only. Names the campaign's version that was looked at.");
        api.MapPost("/{request:guid}/decline", DeclineAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Declines a change request with a reason; media owner only.");
    }

    private static async Task<Results<Ok<PageModel<ChangeRequestModel>>, ProblemHttpResult>> ListAsync(
        Guid id, HttpContext http, CampaignService service, ChangeRequests requests, string? after,
        [Description("1 to 100.")] int limit = 20)
    {
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        if (!ApiWords.Place(after, out var place)) return ApiProblem.Of(400, "After");
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var rows = await requests.ListAsync(http.Viewer(), id, limit + 1, place);
        return TypedResults.Ok(ApiWords.Page(rows, limit, ChangeRequestModel.Of, r => ApiWords.Place(r.CreatedAt, r.Id)));
    }

    private static async Task<Results<Created<ChangeRequestModel>, Ok<ChangeRequestModel>, ProblemHttpResult>> AskAsync(
        Guid id, HttpContext http, CampaignService service, ChangeRequests requests, Display display, NewChangeModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (!StorableText.IsSound(terms.Message)) return ApiProblem.Of(400, "BadRequest");
        if (!StorableText.Fits(terms.Message, ChangeRequest.MaxText))
            return ApiProblem.Of(422, "TooLong", "message", ChangeRequest.MaxText);
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign) return CampaignsApi.Missing();
        var requestId = IdempotencyKey.IdOf(viewer, $"change {id:N} ", key);
        if (requestId is { } known && await requests.FindAsync(viewer, known, display.Today) is { } earlier)
            return TypedResults.Ok(ChangeRequestModel.Of(earlier));
        RequestOutcome outcome;
        try
        {
            outcome = await requests.AskAsync(
                viewer, id, terms.ToDraft(campaign), terms.Creatives, terms.Message, terms.Replaces, display.Today, requestId);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await requests.FindAsync(viewer, requestId!.Value, display.Today) is { } meanwhile
                ? TypedResults.Ok(ChangeRequestModel.Of(meanwhile)) : ApiProblem.Of(409, "KeyGone");
        }
        if (outcome.Refusal is not null) return Refused(outcome);
        return await requests.FindAsync(viewer, outcome.Request!.Id, display.Today) is { } made
            ? TypedResults.Created($"/api/v1/campaigns/{id}/change-requests/{outcome.Request.Id}", ChangeRequestModel.Of(made)) : Missing;
    }

    private static async Task<Results<Ok<ChangeRequestModel>, ProblemHttpResult>> FindAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display) =>
        await OfAsync(id, request, http, requests, display) is { } view ? TypedResults.Ok(ChangeRequestModel.Of(view)) : Missing;

    private static Task<Results<Ok<ChangeRequestModel>, ProblemHttpResult>> WithdrawAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display) =>
        TakeAsync(id, request, http, requests, display, ChangeRequestState.Withdrawn, () => requests.WithdrawAsync(http.Viewer(), request));

    private static async Task<Results<Ok<ChangeRequestModel>, ProblemHttpResult>> AcceptAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display, AcceptModel acceptance)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (acceptance.Version is not { } version) return ApiProblem.Of(400, "Versions");
        return await TakeAsync(id, request, http, requests, display, ChangeRequestState.Accepted,
            () => requests.AcceptAsync(http.Viewer(), request, version, display.Today));
    }

    private static async Task<Results<Ok<ChangeRequestModel>, ProblemHttpResult>> DeclineAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display, RejectModel rejection)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (CampaignsApi.ReasonProblem(rejection.Reason) is { } problem) return problem;
        return await TakeAsync(id, request, http, requests, display, ChangeRequestState.Declined,
            () => requests.DeclineAsync(http.Viewer(), request, rejection.Reason!));
    }

    // A repeat of what was done already changes nothing.
    private static async Task<Results<Ok<ChangeRequestModel>, ProblemHttpResult>> TakeAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display, ChangeRequestState goal,
        Func<Task<RequestOutcome>> take)
    {
        if (await OfAsync(id, request, http, requests, display) is null) return Missing;
        var outcome = await take();
        if (outcome.Refusal is not null && outcome.Request?.State != goal) return Refused(outcome);
        return await OfAsync(id, request, http, requests, display) is { } view ? TypedResults.Ok(ChangeRequestModel.Of(view)) : Missing;
    }

    private static async Task<RequestView?> OfAsync(
        Guid id, Guid request, HttpContext http, ChangeRequests requests, Display display) =>
        await requests.FindAsync(http.Viewer(), request, display.Today) is { } view && view.Request.CampaignId == id ? view : null;

    private static ProblemHttpResult Missing => ApiProblem.Of(404, "NoChangeRequest");

    private static ProblemHttpResult Refused(RequestOutcome outcome)
    {
        switch (outcome.Refusal)
        {
            case RequestRefusal.Terms: return ApiProblem.Of(outcome.Problems);
            case RequestRefusal.Misfit:
                var problem = ApiProblem.Of(
                    409, "ChangeMisfit", string.Join(' ', outcome.Misfits.Select(m => ApiProblem.Text("Change.Misfit." + m))));
                problem.ProblemDetails.Extensions["misfits"] = outcome.Misfits.Select(ApiWords.Of).ToArray();
                return problem;
            case RequestRefusal.NotAdvertiser: return ApiProblem.Of(403, "AdvertisersOnly");
            case RequestRefusal.NotBooked: return ApiProblem.Of(409, "NotBooked");
            case RequestRefusal.Over: return ApiProblem.Of(409, "CampaignOver");
            case RequestRefusal.Same: return ApiProblem.Of(422, "NothingAsked");
            case RequestRefusal.AnotherOpen: return ApiProblem.Of(409, "ChangeOpen");
            case RequestRefusal.NotOpen: return ApiProblem.Of(409, "ChangeNotOpen");
            case RequestRefusal.ChangedMeanwhile: return ApiProblem.Of(409, "ChangedMeanwhile");
            default: return Missing;
        }
    }
}
