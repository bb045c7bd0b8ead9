using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Api.Description;
using FaceAd.Web.Api.Experiments;
using FaceAd.Web.Api.Requests;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api;

/// <summary>The REST API for programs, described by OpenAPI at <c>/api/v1/openapi.json</c>.</summary>
static class ApiSetup
{
    /// <summary>Name of the document, and of the group of its endpoints.</summary>
    public const string Document = "v1";

    /// <summary>The largest request body in bytes, except for uploads.</summary>
    public const int MaxBody = 128 * 1024;

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
        services.AddSingleton<KeyedRequests>();
        // Only here: players and nodes of other versions may say more to each other.
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolver =
            (options.SerializerOptions.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(type =>
            {
                if (type.Kind == JsonTypeInfoKind.Object && InputTypes.IsOfApi(type.Type))
                    type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            }));
        services.AddApiDescription();
    }

    /// <summary>Errors outside the endpoints, and unexpected ones, become problem responses too.</summary>
    public static void UseApiProblems(this WebApplication app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), branch =>
        {
            branch.UseExceptionHandler(errors =>
                errors.Run(http => Results.Problem(statusCode: http.Response.StatusCode).ExecuteAsync(http))); // 500, or 503 when busy
            branch.UseStatusCodePages();
        });

    /// <summary>Looks into bodies. After whatever refuses callers.</summary>
    public static void UseApiBodies(this WebApplication app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Root), branch => branch.UseMiddleware<ApiBodies>());

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();
        var api = endpoints.MapGroup(Root).WithGroupName(Document).WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.AddEndpointFilterFactory(QueryWords.Filter);
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
