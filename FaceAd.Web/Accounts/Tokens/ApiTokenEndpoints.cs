using System.Security.Claims;
using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts.Tokens;

/// <summary>Opens endpoints to API tokens.</summary>
static class ApiTokenEndpoints
{
    /// <summary>
    /// Requires an API token with a scope, and limits its rate. Cookies are ignored here, so no other site can make a browser call.
    /// </summary>
    /// <param name="route">The endpoint or group.</param>
    /// <param name="scope">One of <see cref="ApiScopes"/>; null: any token.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder route, string? scope)
        where TBuilder : IEndpointConventionBuilder
    {
        var policy = new AuthorizationPolicyBuilder(ApiTokenAuthentication.SchemeName).RequireClaim(FaceAdClaims.ApiToken);
        if (scope is not null) policy.RequireClaim(FaceAdClaims.Scope, scope);
        return route.RequireAuthorization(policy.Build()).RequireRateLimiting(ApiTokenAuthentication.SchemeName);
    }

    // 60 at once, then 20 a second.
    private static readonly Rate Calls = new(60, TimeSpan.FromSeconds(3));

    public static void AddLimit(RateLimiterOptions limits) => limits.AddPolicy(ApiTokenAuthentication.SchemeName, context =>
        SharedLimiter.Of(context, "calls", context.User.FindFirstValue(FaceAdClaims.ApiToken) ?? "", Calls));

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/api/v1/me", MeAsync).RequireScope(null)
        .WithGroupName("v1").WithTags("Token").WithSummary("Returns the calling token and its organisation.").Produces<MeModel>()
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> MeAsync(HttpContext http, FaceAdDbContext db)
    {
        var id = Guid.Parse(http.User.FindFirstValue(FaceAdClaims.ApiToken)!);
        var me = await (
            from token in db.ApiTokens.AsNoTracking()
            where token.Id == id
            join organisation in db.Organisations on token.OrganisationId equals organisation.Id
            select new MeModel(
                new MeOrganisation(
                    organisation.Id, organisation.Name, organisation.Kind == OrganisationKind.MediaOwner ? "media-owner" : "advertiser"),
                new MeToken(token.Name, token.Scopes, token.CreatedAt, token.ExpiresAt))).SingleAsync(http.RequestAborted);
        return Results.Ok(me);
    }
}
