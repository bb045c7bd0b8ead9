using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api;

/// <summary>Campaigns for programs.</summary>
static class CampaignsApi
{
    private const int MostPage = 100;
    private const int MostKey = 100;

    public static void MapCampaigns(this RouteGroupBuilder api)
    {
        api.MapGet("/campaigns", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Lists campaigns, newest first.");
        api.MapPost("/campaigns", CreateAsync).RequireScope(ApiScopes.CampaignsWrite)
            .WithSummary("Registers a draft. With an Idempotency-Key the same call again gives the same campaign.");
        api.MapGet("/campaigns/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).WithName("FindCampaign").WithSummary("One campaign.");
        api.MapPut("/campaigns/{id:guid}", ChangeAsync).RequireScope(ApiScopes.CampaignsWrite).WithSummary("Changes the terms of a draft or a rejected campaign.");
        api.MapDelete("/campaigns/{id:guid}", DeleteAsync).RequireScope(ApiScopes.CampaignsWrite).WithSummary("Deletes a campaign that is not running or being reviewed.");
        api.MapPost("/campaigns/{id:guid}/steps", StepAsync).RequireScope(ApiScopes.CampaignsWrite)
            .WithSummary("Submits, revises, approves, rejects, pauses or resumes. A step to where the campaign is already changes nothing.");
        api.MapGet("/campaigns/{id:guid}/showing", WhyAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Whether it is showing, and why or why not.");
    }

    private static async Task<Results<Ok<PageModel<CampaignModel>>, ProblemHttpResult>> ListAsync(
        HttpContext http, CampaignFinder finder, Display display, string? search, string? phase, string? after, int limit = 20)
    {
        if (limit is < 1 or > MostPage) return Problem(400, $"limit is 1 to {MostPage}.");
        CampaignPhase? wanted = null;
        if (phase is not null)
        {
            if (!Enum.TryParse<CampaignPhase>(phase, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed) || char.IsDigit(phase[0])) return Problem(400, $"There is no phase \"{phase}\".");
            wanted = parsed;
        }
        if (after is not null && CampaignPlace.Read(after) is null) return Problem(400, "after is not what a page gave as next.");
        var page = await finder.ReadAsync(
            http.Viewer(), new CampaignSearch { Search = search, Phase = wanted, After = CampaignPlace.Read(after) }, display.Today, limit, http.RequestAborted);
        return TypedResults.Ok(new PageModel<CampaignModel>([.. page.Campaigns.Select(c => CampaignModel.Of(c, display.Today))], page.Next?.ToString()));
    }

    private static async Task<Results<Created<CampaignModel>, Ok<CampaignModel>, ProblemHttpResult>> CreateAsync(
        HttpContext http, CampaignBook book, Display display, CampaignTermsModel terms, [FromHeader(Name = "Idempotency-Key")] string? key)
    {
        if (key is { Length: 0 or > MostKey }) return Problem(400, $"Idempotency-Key has 1 to {MostKey} characters.");
        if (!terms.HasPriceModel) return Problem(400, "priceModel is flat or perThousand.");
        var viewer = http.Viewer();
        // The key is the campaign's identity: a repeat finds it, whatever happened to the first answer.
        Guid? id = key is null ? null : IdOf(viewer.OrganisationId, key);
        if (id is { } known && await book.FindAsync(viewer, known, http.RequestAborted) is { } earlier) return TypedResults.Ok(CampaignModel.Of(earlier, display.Today));
        var (campaign, problems) = await book.CreateAsync(viewer, terms.ToDraft(), display.Today, id);
        if (campaign is not null) return TypedResults.Created($"/api/v1/campaigns/{campaign.Id}", CampaignModel.Of(campaign, display.Today));
        if (problems.Count > 0) return Problem(422, "The terms are not right: " + string.Join(", ", problems) + ".");
        return await book.FindAsync(viewer, id!.Value, http.RequestAborted) is { } meanwhile
            ? TypedResults.Ok(CampaignModel.Of(meanwhile, display.Today))
            : Problem(409, "The campaign of this Idempotency-Key was deleted.");
    }

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> FindAsync(Guid id, HttpContext http, CampaignBook book, Display display) =>
        await book.FindAsync(http.Viewer(), id, http.RequestAborted) is { } campaign ? TypedResults.Ok(CampaignModel.Of(campaign, display.Today)) : Missing();

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> ChangeAsync(
        Guid id, HttpContext http, CampaignBook book, Display display, CampaignTermsModel terms)
    {
        if (!terms.HasPriceModel) return Problem(400, "priceModel is flat or perThousand.");
        var viewer = http.Viewer();
        if (await book.FindAsync(viewer, id, http.RequestAborted) is null) return Missing();
        var (campaign, problems) = await book.ChangeAsync(viewer, id, terms.ToDraft(), display.Today);
        if (problems.Contains(CampaignProblem.ChangedMeanwhile)) return Problem(409, "Somebody else has changed the campaign since that version.");
        if (problems.Count > 0) return Problem(422, "The terms are not right: " + string.Join(", ", problems) + ".");
        return campaign is null ? Problem(409, "Only a draft or a rejected campaign can be changed.") : TypedResults.Ok(CampaignModel.Of(campaign, display.Today));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, HttpContext http, CampaignBook book, Display display)
    {
        var viewer = http.Viewer();
        if (await book.FindAsync(viewer, id, http.RequestAborted) is null) return Missing();
        return await book.DeleteAsync(viewer, id, display.Today) ? TypedResults.NoContent() : Problem(409, "Pause a running campaign, or take a submitted one back, before it is deleted.");
    }

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> StepAsync(Guid id, HttpContext http, CampaignBook book, Display display, StepModel step)
    {
        if (!Enum.TryParse<CampaignAction>(step.Step, ignoreCase: true, out var action) || !Enum.IsDefined(action) || char.IsDigit(step.Step![0]))
            return Problem(400, "step is submit, revise, approve, reject, pause or resume.");
        var viewer = http.Viewer();
        if (CampaignSteps.ForAdmins(action) && !viewer.IsAdmin) return Problem(403, "Only the media owner approves and rejects.");
        if (action == CampaignAction.Reject && string.IsNullOrWhiteSpace(step.Reason)) return Problem(400, "A rejection needs a reason.");
        if (step.Reason?.Length > 1000) return Problem(400, "A reason has at most 1,000 characters.");
        if (await book.StepAsync(viewer, id, action, step.Reason) is not { } taken) return Missing();
        var campaign = await book.FindAsync(viewer, id, http.RequestAborted);
        if (campaign is null) return Missing();
        return taken.Happened || taken.From == Goal(action)
            ? TypedResults.Ok(CampaignModel.Of(campaign, display.Today))
            : Problem(409, $"A campaign that is {CampaignModel.Word(CampaignPhases.Of(campaign, display.Today).ToString())} cannot take the step {CampaignModel.Word(action.ToString())}.");
    }

    private static async Task<Results<Ok<ShowingModel>, ProblemHttpResult>> WhyAsync(Guid id, HttpContext http, CampaignBook book, ShowingReader showing)
    {
        if (await book.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return Missing();
        var status = await showing.WhyAsync(id);
        return TypedResults.Ok(new ShowingModel(status.Showing, CampaignModel.Word(status.Code.ToString()), status.LastPlayAt));
    }

    private static CampaignState Goal(CampaignAction action) => action switch
    {
        CampaignAction.Submit => CampaignState.Submitted,
        CampaignAction.Revise => CampaignState.Draft,
        CampaignAction.Reject => CampaignState.Rejected,
        CampaignAction.Pause => CampaignState.Paused,
        _ => CampaignState.Approved,
    };

    private static Guid IdOf(Guid organisation, string key) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{organisation:N} {key}")).AsSpan(0, 16));

    internal static ProblemHttpResult Missing() => Problem(404, "There is no such campaign, or it is not yours.");

    internal static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}

/// <summary>Whether a campaign is showing.</summary>
/// <param name="Showing">Whether it is.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="LastPlayAt">When it was on a screen last; null: never.</param>
public sealed record ShowingModel(bool Showing, string Reason, DateTimeOffset? LastPlayAt);
