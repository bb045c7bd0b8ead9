using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Api.Experiments;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace FaceAd.Web.Api;

/// <summary>The REST API for programs, described by OpenAPI at <c>/api/v1/openapi.json</c>.</summary>
static class ApiSetup
{
    /// <summary>Name of the document, and of the group of its endpoints.</summary>
    public const string Document = "v1";

    /// <summary>The largest request body in bytes, except for uploads.</summary>
    public const int MaxBody = 128 * 1024;

    private const string Scheme = "token";
    private const string Root = "/api/v1";

    public static void AddApi(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            // Errors that the framework itself returns, such as for malformed JSON, also get a text in the caller's language.
            if (!context.HttpContext.Request.Path.StartsWithSegments(Root) || context.ProblemDetails.Detail is not null) return;
            if (ApiProblem.Of(context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode) is not { } code) return;
            (context.ProblemDetails.Detail, context.ProblemDetails.Extensions["code"]) = (ApiProblem.Text("Api." + code), code);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false); // in development too
        services.AddOpenApi(Document, options =>
        {
            options.ShouldInclude = endpoint => endpoint.GroupName == Document;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "FaceAd",
                    Version = Document,
                    Description = "Everything the dashboard can do. Errors are application/problem+json: detail is a text in the language "
                        + "of Accept-Language; code is stable, for programs.",
                };
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Scheme] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        Description = "An API token, created in the organisation's settings: fat_...",
                    },
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                var scope =
                    context.Description.ActionDescriptor.EndpointMetadata.OfType<Microsoft.AspNetCore.Authorization.AuthorizationPolicy>()
                    .SelectMany(p => p.Requirements)
                    .OfType<Microsoft.AspNetCore.Authorization.Infrastructure.ClaimsAuthorizationRequirement>()
                    .Where(r => r.ClaimType == FaceAdClaims.Scope).SelectMany(r => r.AllowedValues ?? []).FirstOrDefault();
                operation.Description =
                    string.Join(' ', new[] { operation.Description, scope is null ? "Any token." : $"Scope: {scope}." }.Where(t =>
                        !string.IsNullOrEmpty(t)));
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Errors outside the endpoints, and unexpected ones, become problem responses too.</summary>
    public static void UseApiProblems(this WebApplication app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), branch =>
        {
            branch.UseExceptionHandler(errors =>
                errors.Run(http => Results.Problem(statusCode: http.Response.StatusCode).ExecuteAsync(http))); // 500, or 503 when busy
            branch.UseStatusCodePages();
        });

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();
        var api = endpoints.MapGroup(Root).WithGroupName(Document).WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapCampaigns();
        api.MapCampaignManagement();
        api.MapForecasts();
        api.MapCreatives();
        api.MapApprovals();
        api.MapChangeRequests();
        api.MapExperiments();
        api.MapReports();
        api.MapSites();
        api.MapScreens();
        api.MapGroups();
        api.MapNodes();
        api.MapFigures();
        api.MapWebhooks();
        api.MapNotifications();
        api.MapOrganisation();
    }

    /// <summary>The calling user. Every endpoint requires a scope, so the caller has an organisation.</summary>
    public static Viewer Viewer(this HttpContext http) =>
        Accounts.Sessions.Viewer.Of(http.User) ?? throw new InvalidOperationException("The API endpoint does not require a scope.");
}
