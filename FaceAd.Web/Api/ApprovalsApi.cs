using System.ComponentModel;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Creatives;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>What waits for the media owner, and the decisions about it. Where two must approve, the makers of the tokens are the two.</summary>
static class ApprovalsApi
{
    private const int MostPage = 100;

    public static void MapApprovals(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/approvals").WithTags("Approvals");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Campaigns and new versions of films that wait, oldest first; for the media owner.");
        api.MapPost("/campaigns/{id:guid}/approve", ApproveAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422)
            .WithSummary("Lets a campaign run; all of the checklist must be confirmed. 202 when a second administrator must approve too.");
        api.MapPost("/campaigns/{id:guid}/reject", RejectAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409).WithSummary("Sends a campaign back with a reason.");
        api.MapPost("/creatives/{id:guid}/approve", ApproveVersionAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 422)
            .WithSummary("Lets a new version of a film run; all of the checklist must be confirmed. 202 when a second administrator must approve too.");
        api.MapPost("/creatives/{id:guid}/reject", RejectVersionAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404).WithSummary("Does not let a new version run, with a reason; the one before goes on.");
    }

    /// <summary>The problem of an approval without all of the checklist.</summary>
    internal static ProblemHttpResult Unconfirmed => ApiProblem.Of(422, "Unconfirmed", string.Join(", ", WaitingItem.Checklist.Select(ApiWords.Of)));

    private static async Task<Results<Ok<WaitingModel>, ProblemHttpResult>> ListAsync(
        HttpContext http, ApprovalQueue queue, ApprovalRule rule, Display display, [Description("1 to 100.")] int limit = 30)
    {
        if (!http.Viewer().IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        if (limit is < 1 or > MostPage) return ApiProblem.Of(400, "Limit", MostPage);
        var (items, total) = await queue.ReadAsync(http.Viewer(), limit, http.RequestAborted);
        return TypedResults.Ok(new WaitingModel(rule.FourEyes, [.. WaitingItem.Checklist.Select(ApiWords.Of)], total, [.. items.Select(i => new WaitingItemModel(
            i.Since, CampaignModel.Of(i.Campaign, display.Today), i.Version is null ? null : VersionModel.Of(i.Version), i.Running is null ? null : VersionModel.Of(i.Running), i.ApprovedBy))]));
    }

    private static Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> ApproveAsync(
        Guid id, HttpContext http, CampaignBook book, Display display, ApproveModel approval) =>
        CampaignsApi.TakeAsync(id, http, book, display, CampaignAction.Approve, null, approval.Confirmed);

    private static Task<Results<Ok<CampaignModel>, Accepted<CampaignModel>, ProblemHttpResult>> RejectAsync(
        Guid id, HttpContext http, CampaignBook book, Display display, RejectModel rejection) =>
        CampaignsApi.TakeAsync(id, http, book, display, CampaignAction.Reject, rejection.Reason, null);

    private static async Task<Results<NoContent, Accepted, ProblemHttpResult>> ApproveVersionAsync(Guid id, HttpContext http, CreativeReview review, ApproveModel approval)
    {
        if (!http.Viewer().IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        if (!CampaignsApi.HasAll(approval.Confirmed)) return Unconfirmed;
        return await review.ApproveAsync(http.Viewer(), id, WaitingItem.Checklist) switch
        {
            ApprovalOutcome.Enough => TypedResults.NoContent(),
            ApprovalOutcome.SecondNeeded or ApprovalOutcome.SameAgain => TypedResults.Accepted((string?)null),
            _ => ApiProblem.Of(404, "NotWaiting"),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RejectVersionAsync(Guid id, HttpContext http, CreativeReview review, RejectModel rejection)
    {
        if (!http.Viewer().IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        if (CampaignsApi.ReasonProblem(rejection.Reason) is { } problem) return problem;
        return await review.RefuseAsync(http.Viewer(), id, rejection.Reason!) ? TypedResults.NoContent() : ApiProblem.Of(404, "NotWaiting");
    }
}

/// <summary>What waits for the media owner.</summary>
/// <param name="FourEyes">Whether two different administrators must approve.</param>
/// <param name="Checklist">What an approval must confirm.</param>
/// <param name="Total">How much waits.</param>
/// <param name="Items">The oldest of it.</param>
public sealed record WaitingModel(bool FourEyes, IReadOnlyList<string> Checklist, int Total, IReadOnlyList<WaitingItemModel> Items);

/// <summary>One thing that waits.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Version">The new version of a film; null when it is about the campaign as a whole.</param>
/// <param name="Running">The version that plays now.</param>
/// <param name="ApprovedBy">Sign-in names of those who have approved it already.</param>
public sealed record WaitingItemModel(DateTimeOffset Since, CampaignModel Campaign, VersionModel? Version, VersionModel? Running, IReadOnlyList<string> ApprovedBy);

/// <summary>An approval.</summary>
/// <param name="Confirmed">All of the checklist: allAges, sender, claims, rights, legible.</param>
public sealed record ApproveModel(string[]? Confirmed);

/// <summary>A rejection.</summary>
/// <param name="Reason">What the advertiser reads, 1 to 1,000 characters.</param>
public sealed record RejectModel(string? Reason);
