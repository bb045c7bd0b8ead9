using System.Security.Claims;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// What a signed-in user may see and do. Every query of the dashboard starts from one, so that ownership is part of its WHERE clause.
/// </summary>
/// <param name="OrganisationId">The user's organisation.</param>
/// <param name="IsMediaOwner">Whether the user works for the media owner, and sees every organisation. See
/// <see cref="CanChange"/> for what they may change.</param>
public readonly record struct Viewer(Guid OrganisationId, bool IsMediaOwner)
{
    /// <summary>Read-only: an analyst, or an API token without a write scope.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Manages the members, settings and tokens of their own organisation.</summary>
    public bool Manages { get; init; }

    /// <summary>
    /// Whether the user may change what they see. Code that changes data checks this; <see cref="AuditedChanges"/> catches what does not.
    /// </summary>
    public bool CanChange => !ReadOnly;

    /// <summary>The user, for the audit log; null where only the organisation matters.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The user's sign-in name, for the audit log.</summary>
    public string? Name { get; init; }

    /// <summary>Address that the user's request came from, for the audit log.</summary>
    public string? Address { get; init; }

    /// <summary>The viewer behind a signed-in user or an API token; null when not signed in or a claim is missing.</summary>
    /// <param name="user">The user.</param>
    public static Viewer? Of(ClaimsPrincipal? user)
    {
        if (user?.Identity?.IsAuthenticated != true || !Guid.TryParse(user.FindFirstValue(FaceAdClaims.Organisation), out var organisation))
            return null;
        var admin = user.IsInRole(Roles.Admin);
        var owner = user.IsInRole(Roles.Owner);
        return new Viewer(organisation, admin || user.IsInRole(Roles.MediaAnalyst))
        {
            // No role that changes data: read-only.
            ReadOnly = !admin && !owner && !user.IsInRole(Roles.Advertiser),
            // A token manages only with the explicit scope, whatever its creator's role.
            Manages = user.HasClaim(c => c.Type == FaceAdClaims.ApiToken)
                ? user.HasClaim(FaceAdClaims.Scope, ApiScopes.MembersWrite) : admin || owner,
            UserId = Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null,
            Name = user.Identity.Name,
            Address = user.FindFirstValue(FaceAdClaims.Address),
        };
    }
}
