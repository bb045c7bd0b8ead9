using System.ComponentModel;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Api.Requests;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Creatives;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>
/// Items awaiting the media owner's review, and decisions about them. With two required approvals, the creators of the tokens count as the
/// reviewers.
/// </summary>
static class ApprovalsApi
{
    private const int MaxPageSize = 100;

    public static void MapApprovals(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/approvals").WithTags("Approvals");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead)
            .WithSummary("Lists campaigns, new creative versions and change requests awaiting review, oldest first; media owner only.");
        api.MapPost("/campaigns/{id:guid}/approve", ApproveAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422)
            .TakesVersion()
            .WithSummary("Approves a campaign; the whole checklist must be confirmed. 202: a second administrator must approve too.");
        api.MapPost("/campaigns/{id:guid}/reject", RejectAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409).TakesVersion()
            .WithSummary("Rejects a campaign with a reason.");
        api.MapPost("/creatives/{id:guid}/approve", ApproveVersionAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 422)
            .WithSummary(
                "Approves a new version of a creative; the whole checklist must be confirmed. Returns 202 when a second administrator "
                + "must approve too.");
        api.MapPost("/creatives/{id:guid}/reject", RejectVersionAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Rejects a new version with a reason; the current one keeps running.");
    }

    /// <summary>The problem for an approval without the whole checklist.</summary>
    internal static ProblemHttpResult Unconfirmed =>
        ApiProblem.Of(422, "Unconfirmed", string.Join(", ", WaitingItem.Checklist.Select(ApiWords.Of)));

    private static async Task<Results<Ok<WaitingModel>, ProblemHttpResult>> ListAsync(
        HttpContext http, ApprovalQueue queue, ApprovalRule rule, Display display, [Description("1 to 100.")] int limit = 30)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        var (items, total) = await queue.ReadAsync(http.Viewer(), limit, http.RequestAborted);
        return TypedResults.Ok(new WaitingModel(
            rule.FourEyes, [.. WaitingItem.Checklist.Select(ApiWords.Of)], total,
            [.. items.Select(i => new WaitingItemModel(
                i.Since, CampaignModel.Of(i.Campaign, display.Today),
                i.Version is null ? null : VersionModel.Of(i.Version),
                i.Running is null ? null : VersionModel.Of(i.Running), i.ApprovedBy,
                i.Request is null ? null : ChangeRequestModel.Of(i.Request)))]));
    }

    private static Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> ApproveAsync(
        Guid id, HttpContext http, CampaignService service, Display display, ApproveModel approval) =>
        CampaignsApi.TakeAsync(id, http, service, display, CampaignAction.Approve, null, approval.Confirmed);

    private static Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> RejectAsync(
        Guid id, HttpContext http, CampaignService service, Display display, RejectModel rejection) =>
        CampaignsApi.TakeAsync(id, http, service, display, CampaignAction.Reject, rejection.Reason, null);

    private static async Task<Results<NoContent, Accepted, ProblemHttpResult>> ApproveVersionAsync(
        Guid id, HttpContext http, CreativeReview review, ApproveModel approval)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!CampaignsApi.HasAll(approval.Confirmed)) return Unconfirmed;
        return await review.ApproveAsync(http.Viewer(), id, WaitingItem.Checklist) switch
        {
            ApprovalOutcome.Enough => TypedResults.NoContent(),
            ApprovalOutcome.SecondNeeded or ApprovalOutcome.SameAgain => TypedResults.Accepted((string?)null),
            _ => ApiProblem.Of(404, "NotWaiting"),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RejectVersionAsync(
        Guid id, HttpContext http, CreativeReview review, RejectModel rejection)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (CampaignsApi.ReasonProblem(rejection.Reason) is { } problem) return problem;
        return await review.RefuseAsync(http.Viewer(), id, rejection.Reason!) ? TypedResults.NoContent() : ApiProblem.Of(404, "NotWaiting");
    }
}
