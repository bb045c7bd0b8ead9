using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api;

/// <summary>Site groups: readable by everyone who books, managed by the media owner.</summary>
static class GroupsApi
{
    public static void MapGroups(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/groups").WithTags("Groups");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Lists site groups by name.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404).WithSummary("Returns one group.");
        api.MapPost("", MakeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(409, 422)
            .WithSummary("Creates a group. With an Idempotency-Key, a repeat returns the same group.");
        api.MapPut("/{id:guid}", ChangeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409, 422)
            .WithSummary("Changes a group, and with it the sites of all campaigns that name it and have not ended.");
        api.MapDelete("/{id:guid}", DeleteAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409)
            .WithSummary("Deletes a group that no campaign uses any more.");
    }

    private static async Task<Ok<GroupModel[]>> ListAsync(HttpContext http, SiteGroups groups) =>
        TypedResults.Ok<GroupModel[]>([.. (await groups.ListAsync(http.RequestAborted)).Select(Of)]);

    private static async Task<Results<Ok<GroupModel>, ProblemHttpResult>> FindAsync(Guid id, HttpContext http, SiteGroups groups) =>
        await ReadAsync(id, http, groups) is { } found ? TypedResults.Ok(found) : Refused(GroupRefusal.Gone);

    private static async Task<Results<Created<GroupModel>, Ok<GroupModel>, ProblemHttpResult>> MakeAsync(
        HttpContext http, SiteGroups groups, Display display, GroupTermsModel terms, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (Problem(terms) is { } problem) return problem;
        var id = IdempotencyKey.IdOf(viewer, "group", key) ?? Guid.CreateVersion7();
        if (key is not null && await ReadAsync(id, http, groups) is { } earlier) return TypedResults.Ok(earlier);
        if (await groups.SaveAsync(viewer, null, terms.Name ?? "", terms.SiteIds ?? [], display.Today, id) is { } refusal)
            return key is not null && refusal == GroupRefusal.NameTaken && await ReadAsync(id, http, groups) is { } meanwhile
                ? TypedResults.Ok(meanwhile) : Refused(refusal);
        return TypedResults.Created($"/api/v1/groups/{id}", await ReadAsync(id, http, groups));
    }

    private static async Task<Results<Ok<GroupModel>, ProblemHttpResult>> ChangeAsync(
        Guid id, HttpContext http, SiteGroups groups, Display display, GroupTermsModel terms)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (Problem(terms) is { } problem) return problem;
        if (await groups.SaveAsync(http.Viewer(), id, terms.Name ?? "", terms.SiteIds ?? [], display.Today) is { } refusal)
            return Refused(refusal);
        return await ReadAsync(id, http, groups) is { } changed ? TypedResults.Ok(changed) : Refused(GroupRefusal.Gone);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, HttpContext http, SiteGroups groups, Display display) =>
        !http.Viewer().IsMediaOwner
            ? ApiProblem.Of(403, "OwnersOnly") : await groups.DeleteAsync(http.Viewer(), id, display.Today) is { } refusal
                ? Refused(refusal) : TypedResults.NoContent();

    private static async Task<GroupModel?> ReadAsync(Guid id, HttpContext http, SiteGroups groups) =>
        (await groups.ListAsync(http.RequestAborted)).Where(g => g.Id == id).Select(Of).SingleOrDefault();

    private static ProblemHttpResult? Problem(GroupTermsModel terms) =>
        !StorableText.IsSound(terms.Name) ? ApiProblem.Of(400, "BadRequest") : terms.SiteIds is { Length: > 2000 }
            ? ApiProblem.Of(400, "Many", "siteIds", 2000) : null;

    private static ProblemHttpResult Refused(GroupRefusal refusal) => ApiProblem.Of(refusal switch
    {
        GroupRefusal.Gone => 404,
        GroupRefusal.NameTaken or GroupRefusal.InUse => 409,
        _ => 422,
    }, "Book.GroupRefusal.", refusal);

    private static GroupModel Of(SiteGroup g) => new(g.Id, g.Name, g.SiteIds, g.CreatedAt);
}
