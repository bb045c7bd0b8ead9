using System.Security.Claims;
using System.Text.Encodings.Web;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Tokens;

/// <summary>
/// Authenticates a program by the API token in its Authorization header (<c>Bearer fat_...</c>). The principal gets the token's
/// organisation and scopes, and a role derived from them: it can change data only if a scope writes, and manage people only with the scope
/// for it.
/// </summary>
sealed class ApiTokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme, and of the rate limiter's policy.</summary>
    public const string SchemeName = "ApiToken";

    private const string Bearer = "Bearer ";
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var secret = header[Bearer.Length..].Trim();
        if (!secret.StartsWith(ApiToken.Prefix, StringComparison.Ordinal) || secret.Length > 100)
            return AuthenticateResult.Fail("Not an API token.");
        var (hash, now) = (ApiToken.HashOf(secret), time.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(Context.RequestAborted);
        var found = await (
            from token in db.ApiTokens.AsNoTracking()
            where token.Hash == hash && token.RevokedAt == null && (token.ExpiresAt == null || token.ExpiresAt > now)
            join organisation in db.Organisations on token.OrganisationId equals organisation.Id
            join maker in db.Users on token.CreatedBy equals maker.Id // a token is invalid once its creator is gone
            select new { Token = token, organisation.Kind }).SingleOrDefaultAsync(Context.RequestAborted);
        if (found is null) return AuthenticateResult.Fail("The API token is unknown, expired or revoked.");
        if (found.Token.LastUsedAt is not { } seen || now - seen > SeenEvery)
        {
            var before = now - SeenEvery;
            await db.ApiTokens.Where(t => t.Id == found.Token.Id && (t.LastUsedAt == null || t.LastUsedAt < before))
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.LastUsedAt, now), Context.RequestAborted);
        }
        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(found.Token, found.Kind), SchemeName));
    }

    internal static ClaimsPrincipal PrincipalOf(ApiToken token, OrganisationKind kind)
    {
        var writes = token.Scopes.Any(ApiScopes.Writes);
        var role = kind == OrganisationKind.MediaOwner ? (writes ? Roles.Admin : Roles.MediaAnalyst) : writes
            ? Roles.Advertiser : Roles.Analyst;
        return new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, token.CreatedBy.ToString()),
                // As long as the columns that say who did something.
                new Claim(ClaimTypes.Name, StorableText.CutToColumn($"{token.CreatedByName} (API: {token.Name})", 256)),
                new Claim(ClaimTypes.Role, role),
                new Claim(FaceAdClaims.Organisation, token.OrganisationId.ToString()),
                new Claim(FaceAdClaims.ApiToken, token.Id.ToString()),
                .. token.Scopes.Select(s => new Claim(FaceAdClaims.Scope, s)),
            ],
            SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemAsync(StatusCodes.Status401Unauthorized, "NoToken");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ProblemAsync(StatusCodes.Status403Forbidden, "NoScope");

    private Task ProblemAsync(int status, string code) =>
        Results.Problem(Context.RequestServices.GetRequiredService<Words>()("Api." + code), statusCode: status,
            extensions: [KeyValuePair.Create<string, object?>("code", code)]).ExecuteAsync(Context);
}
