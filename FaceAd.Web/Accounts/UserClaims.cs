using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>Adds the organisation and the display name to what the cookie says of a user.</summary>
sealed class UserClaims(UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<User, IdentityRole<Guid>>(users, roles, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(User user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(FaceAdClaims.Organisation, user.OrganisationId.ToString()));
        identity.AddClaim(new Claim(FaceAdClaims.DisplayName, user.DisplayName));
        return identity;
    }
}

/// <summary>
/// What a signed-in user may see. Every query of the dashboard starts from one, so that ownership stands in the WHERE.
/// </summary>
/// <param name="OrganisationId">The user's organisation.</param>
/// <param name="IsAdmin">Whether the user works for the media owner, and sees every organisation.</param>
public readonly record struct Viewer(Guid OrganisationId, bool IsAdmin)
{
    /// <summary>The user, for the audit log; null where only the organisation matters.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The user's sign-in name, for the audit log.</summary>
    public string? Name { get; init; }

    /// <summary>Address that the user's request came from, for the audit log.</summary>
    public string? Address { get; init; }

    /// <summary>The viewer behind a signed-in user; null when nobody is signed in or a claim is missing.</summary>
    /// <param name="user">The user.</param>
    public static Viewer? Of(ClaimsPrincipal? user) =>
        user?.Identity?.IsAuthenticated == true && Guid.TryParse(user.FindFirstValue(FaceAdClaims.Organisation), out var organisation)
            ? new Viewer(organisation, user.IsInRole(Roles.Admin))
            {
                UserId = Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null,
                Name = user.Identity.Name,
                Address = user.FindFirstValue(FaceAdClaims.Address),
            }
            : null;
}
