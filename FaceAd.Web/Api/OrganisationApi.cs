using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
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

    private static async Task<Ok<OrganisationModel>> FindAsync(HttpContext http, Members members) => TypedResults.Ok(await ReadAsync(http, members));

    private static async Task<Results<Ok<OrganisationModel>, ProblemHttpResult>> ChangeAsync(HttpContext http, Members members, OrganisationTermsModel terms) =>
        await members.ChangeOrganisationAsync(http.Viewer(), terms.Name, terms.RequiresTwoFactor) is { } problem ? ApiProblem.Of(problem) : TypedResults.Ok(await ReadAsync(http, members));

    private static async Task<Ok<MemberModel[]>> MembersAsync(HttpContext http, Members members) =>
        TypedResults.Ok<MemberModel[]>([.. (await members.ListAsync(http.Viewer())).Select(m => new MemberModel(m.Id, m.Name, m.Email, m.Role, m.TwoFactor))]);

    private static async Task<Results<NoContent, ProblemHttpResult>> RoleAsync(Guid id, HttpContext http, Members members, RoleModel role)
    {
        var organisation = await members.OrganisationAsync(http.Viewer());
        if (role.Role is null || !Roles.Of(organisation!.Kind).Contains(role.Role)) return ApiProblem.Of(422, "Word", "role", string.Join(", ", Roles.Of(organisation!.Kind)));
        return Done(await members.ChangeRoleAsync(http.Viewer(), id, role.Role));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(Guid id, HttpContext http, Members members) => Done(await members.RemoveAsync(http.Viewer(), id));

    private static async Task<Ok<InvitationModel[]>> InvitationsAsync(HttpContext http, Members members) =>
        TypedResults.Ok<InvitationModel[]>([.. (await members.InvitationsAsync(Reader(http))).Select(Of)]);

    private static async Task<Results<Created<InvitationModel>, Ok<InvitationModel>, ProblemHttpResult>> InviteAsync(
        HttpContext http, Members members, NewInvitationModel invitation, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        var viewer = http.Viewer();
        var organisation = await members.OrganisationAsync(viewer);
        if (invitation.Role is null || !Roles.Of(organisation!.Kind).Contains(invitation.Role)) return ApiProblem.Of(422, "Word", "role", string.Join(", ", Roles.Of(organisation!.Kind)));
        var id = IdempotencyKey.IdOf(viewer, "invitation", key) ?? Guid.CreateVersion7();
        async Task<InvitationModel?> WaitingAsync() => (await members.InvitationsAsync(viewer)).Where(l => l.Id == id).Select(Of).SingleOrDefault();
        if (key is not null && await WaitingAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            if (await members.InviteAsync(viewer, invitation.Email, invitation.Role, id) is { } problem) return ApiProblem.Of(problem);
            return TypedResults.Created($"/api/v1/invitations/{id}", await WaitingAsync());
        }
        catch (DbUpdateException exception) when (exception.IsTwice() == true)
        {
            return await WaitingAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, HttpContext http, Members members) =>
        await members.RevokeInvitationAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoInvitation");

    private static async Task<Ok<TokenModel[]>> TokensAsync(HttpContext http, ApiTokenService book) => TypedResults.Ok<TokenModel[]>(
        [.. (await book.ListAsync(Reader(http))).Select(t => new TokenModel(t.Id, t.Name, t.Start, t.Scopes, t.CreatedByName, t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt))]);

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeTokenAsync(Guid id, HttpContext http, ApiTokenService book) =>
        await book.RevokeAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoSuchToken");

    private static async Task<OrganisationModel> ReadAsync(HttpContext http, Members members)
    {
        var organisation = (await members.OrganisationAsync(http.Viewer()))!;
        return new OrganisationModel(organisation.Id, organisation.Name, organisation.Kind == OrganisationKind.MediaOwner ? "media-owner" : "advertiser", organisation.RequiresTwoFactor);
    }

    private static Results<NoContent, ProblemHttpResult> Done(AccountProblem? problem) => problem is { } why ? ApiProblem.Of(why) : TypedResults.NoContent();

    private static InvitationModel Of(AccountLink l) => new(l.Id, l.Email, l.Role ?? "", l.InvitedBy, l.CreatedAt, l.ExpiresAt);
}

/// <summary>An organisation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">media-owner or advertiser.</param>
/// <param name="RequiresTwoFactor">Whether its members must use two-factor sign-in.</param>
public sealed record OrganisationModel(Guid Id, string Name, string Kind, bool RequiresTwoFactor);

/// <summary>An organisation's settings.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="RequiresTwoFactor">Whether its members must use two-factor sign-in.</param>
public sealed record OrganisationTermsModel(string? Name, bool RequiresTwoFactor);

/// <summary>A member of the organisation.</summary>
/// <param name="Id">Account.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">Address.</param>
/// <param name="Role">Role.</param>
/// <param name="TwoFactor">Whether two-factor sign-in is on.</param>
public sealed record MemberModel(Guid Id, string Name, string Email, string Role, bool TwoFactor);

/// <summary>A role.</summary>
/// <param name="Role">owner, advertiser or analyst; of the media owner: admin or media-analyst.</param>
public sealed record RoleModel(string? Role);

/// <summary>An invitation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Email">The invitee's address.</param>
/// <param name="Role">The invitee's role.</param>
/// <param name="InvitedBy">The inviter's sign-in name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record InvitationModel(Guid Id, string Email, string Role, string? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A new invitation.</summary>
/// <param name="Email">The invitee's address.</param>
/// <param name="Role">The invitee's role.</param>
public sealed record NewInvitationModel(string? Email, string? Role);

/// <summary>An API token, without its secret.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Description given by its creator.</param>
/// <param name="Start">Its first characters.</param>
/// <param name="Scopes">Granted scopes.</param>
/// <param name="CreatedBy">Its creator's sign-in name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires; null: never.</param>
/// <param name="LastUsedAt">When it was last used; null: never.</param>
/// <param name="RevokedAt">When it was revoked; null if it was not.</param>
public sealed record TokenModel(
    Guid Id, string Name, string Start, string[] Scopes, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);
