using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>
/// The token's organisation: settings, members, invitations and tokens. A token cannot create tokens: more scopes can only be granted by a
/// person.
/// </summary>
static class OrganisationApi
{
    public static void MapOrganisation(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("").WithTags("Organisation");
        api.MapGet("/organisation", FindAsync).RequireScope(ApiScopes.MembersRead)
            .WithSummary("Returns the organisation and its settings.");
        api.MapPut("/organisation", ChangeAsync).RequireScope(ApiScopes.MembersWrite).Refuses(409, 422)
            .WithSummary("Renames the organisation, and sets whether its members need two-factor sign-in.");
        api.MapGet("/members", MembersAsync).RequireScope(ApiScopes.MembersRead).WithSummary("Lists the organisation's members by name.");
        api.MapPut("/members/{id:guid}/role", RoleAsync).RequireScope(ApiScopes.MembersWrite).Refuses(404, 409, 422)
            .WithSummary("Changes a member's role; their sessions end.");
        api.MapDelete("/members/{id:guid}", RemoveAsync).RequireScope(ApiScopes.MembersWrite).Refuses(404, 409)
            .WithSummary("Removes a member's account; their sessions end and their tokens are revoked.");
        api.MapGet("/invitations", InvitationsAsync).RequireScope(ApiScopes.MembersRead)
            .WithSummary("Lists pending invitations, newest first.");
        api.MapPost("/invitations", InviteAsync).RequireScope(ApiScopes.MembersWrite).Refuses(409, 422)
            .WithSummary("Invites a person by mail. With an Idempotency-Key, a repeat sends no second mail.");
        api.MapDelete("/invitations/{id:guid}", RevokeAsync).RequireScope(ApiScopes.MembersWrite).Refuses(404)
            .WithSummary("Cancels an invitation.");
        api.MapGet("/tokens", TokensAsync).RequireScope(ApiScopes.MembersRead)
            .WithSummary("Lists the organisation's API tokens without their secrets; revoked and expired ones stay listed for 30 days.");
        api.MapDelete("/tokens/{id:guid}", RevokeTokenAsync).RequireScope(ApiScopes.MembersWrite).Refuses(404)
            .WithSummary("Revokes a token with immediate effect.");
    }

    // The read scope was checked, so a reader may see what is otherwise shown only to those who manage.
    private static Viewer Reader(HttpContext http) => http.Viewer() with { Manages = true };

    private static async Task<Ok<OrganisationModel>> FindAsync(HttpContext http, Members members) =>
        TypedResults.Ok(await ReadAsync(http, members));

    private static async Task<Results<Ok<OrganisationModel>, ProblemHttpResult>> ChangeAsync(
        HttpContext http, Members members, OrganisationTermsModel terms) =>
        await members.ChangeOrganisationAsync(http.Viewer(), terms.Name, terms.RequiresTwoFactor) is { } problem
            ? ApiProblem.Of(problem) : TypedResults.Ok(await ReadAsync(http, members));

    private static async Task<Ok<MemberModel[]>> MembersAsync(HttpContext http, Members members) =>
        TypedResults.Ok<MemberModel[]>(
            [.. (await members.ListAsync(http.Viewer())).Select(m => new MemberModel(m.Id, m.Name, m.Email, m.Role, m.TwoFactor))]);

    private static async Task<Results<NoContent, ProblemHttpResult>> RoleAsync(Guid id, HttpContext http, Members members, RoleModel role)
    {
        var organisation = await members.OrganisationAsync(http.Viewer());
        if (role.Role is null || !Roles.Of(organisation!.Kind).Contains(role.Role))
            return ApiProblem.Of(422, "Word", "role", string.Join(", ", Roles.Of(organisation!.Kind)));
        return Done(await members.ChangeRoleAsync(http.Viewer(), id, role.Role));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(Guid id, HttpContext http, Members members) =>
        Done(await members.RemoveAsync(http.Viewer(), id));

    private static async Task<Ok<InvitationModel[]>> InvitationsAsync(HttpContext http, Members members) =>
        TypedResults.Ok<InvitationModel[]>([.. (await members.InvitationsAsync(Reader(http))).Select(Of)]);

    private static async Task<Results<Created<InvitationModel>, Ok<InvitationModel>, ProblemHttpResult>> InviteAsync(
        HttpContext http, Members members, NewInvitationModel invitation, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        var viewer = http.Viewer();
        var organisation = await members.OrganisationAsync(viewer);
        if (invitation.Role is null || !Roles.Of(organisation!.Kind).Contains(invitation.Role))
            return ApiProblem.Of(422, "Word", "role", string.Join(", ", Roles.Of(organisation!.Kind)));
        var id = IdempotencyKey.IdOf(viewer, "invitation", key) ?? Guid.CreateVersion7();
        async Task<InvitationModel?> WaitingAsync() =>
            (await members.InvitationsAsync(viewer)).Where(l => l.Id == id).Select(Of).SingleOrDefault();
        if (key is not null && await WaitingAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            if (await members.InviteAsync(viewer, invitation.Email, invitation.Role, id) is { } problem) return ApiProblem.Of(problem);
            return TypedResults.Created($"/api/v1/invitations/{id}", await WaitingAsync());
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await WaitingAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, HttpContext http, Members members) =>
        await members.RevokeInvitationAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoInvitation");

    private static async Task<Ok<TokenModel[]>> TokensAsync(HttpContext http, ApiTokenService service) => TypedResults.Ok<TokenModel[]>(
        [.. (await service.ListAsync(Reader(http))).Select(t =>
            new TokenModel(t.Id, t.Name, t.Start, t.Scopes, t.CreatedByName, t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt))]);

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeTokenAsync(Guid id, HttpContext http, ApiTokenService service) =>
        await service.RevokeAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoSuchToken");

    private static async Task<OrganisationModel> ReadAsync(HttpContext http, Members members)
    {
        var organisation = (await members.OrganisationAsync(http.Viewer()))!;
        return new OrganisationModel(organisation.Id, organisation.Name, organisation.Kind == OrganisationKind.MediaOwner
            ? "media-owner" : "advertiser", organisation.RequiresTwoFactor);
    }

    private static Results<NoContent, ProblemHttpResult> Done(AccountProblem? problem) =>
        problem is { } why ? ApiProblem.Of(why) : TypedResults.NoContent();

    private static InvitationModel Of(AccountLink l) => new(l.Id, l.Email, l.Role ?? "", l.InvitedBy, l.CreatedAt, l.ExpiresAt);
}
