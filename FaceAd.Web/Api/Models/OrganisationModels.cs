namespace FaceAd.Web.Api.Models;

/// <summary>An organisation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">media-owner or advertiser.</param>
/// <param name="RequiresTwoFactor">Whether its members must use two-factor sign-in.</param>
sealed record OrganisationModel(Guid Id, string Name, string Kind, bool RequiresTwoFactor);

/// <summary>An organisation's settings.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="RequiresTwoFactor">Whether its members must use two-factor sign-in.</param>
sealed record OrganisationTermsModel(string? Name, bool RequiresTwoFactor);

/// <summary>A member of the organisation.</summary>
/// <param name="Id">Account.</param>
/// <param name="Name">Name.</param>
/// <param name="Email">Address.</param>
/// <param name="Role">Role.</param>
/// <param name="TwoFactor">Whether two-factor sign-in is on.</param>
sealed record MemberModel(Guid Id, string Name, string Email, string Role, bool TwoFactor);

/// <summary>A role.</summary>
/// <param name="Role">owner, advertiser or analyst; of the media owner: admin or media-analyst.</param>
sealed record RoleModel(string? Role);

/// <summary>An invitation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Email">The invitee's address.</param>
/// <param name="Role">The invitee's role.</param>
/// <param name="InvitedBy">The inviter's sign-in name.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires.</param>
sealed record InvitationModel(
    Guid Id, string Email, string Role, string? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A new invitation.</summary>
/// <param name="Email">The invitee's address.</param>
/// <param name="Role">The invitee's role.</param>
sealed record NewInvitationModel(string? Email, string? Role);

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
sealed record TokenModel(
    Guid Id, string Name, string Start, string[] Scopes, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);
