
namespace FaceAd.Web.Accounts.Tokens;

/// <summary>The organisation and the properties of the calling token.</summary>
sealed record MeModel(MeOrganisation Organisation, MeToken Token);

/// <summary>An organisation.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">media-owner or advertiser.</param>
sealed record MeOrganisation(Guid Id, string Name, string Kind);

/// <summary>A token, without its secret.</summary>
/// <param name="Name">Description given by its creator.</param>
/// <param name="Scopes">Granted scopes.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires; null: never.</param>
sealed record MeToken(string Name, string[] Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
