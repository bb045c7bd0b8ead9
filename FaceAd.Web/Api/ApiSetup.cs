using FaceAd.Web.Accounts;
using Microsoft.OpenApi;

namespace FaceAd.Web.Api;

/// <summary>The REST API for programs, described by OpenAPI at <c>/api/v1/openapi.json</c>.</summary>
static class ApiSetup
{
    /// <summary>Name of the document, and of the group of its endpoints.</summary>
    public const string Document = "v1";

    private const string Scheme = "token";

    public static void AddApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false); // while developing, too
        services.AddOpenApi(Document, options =>
        {
            options.ShouldInclude = endpoint => endpoint.GroupName == Document;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "FaceAd", Version = Document, Description = "Campaigns, reports, screens and webhooks. Errors are application/problem+json." };
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token of the organisation's settings: fat_..." },
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>Errors that never came to an endpoint, such as a body that is no JSON, are problems too.</summary>
    public static void UseApiProblems(this WebApplication app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api/v1"), branch => branch.UseStatusCodePages());

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();
        var api = endpoints.MapGroup("/api/v1").WithGroupName(Document)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.MapCampaigns();
        api.MapReports();
        api.MapPlaces();
        api.MapWebhooks();
    }

    /// <summary>Whoever calls: the scope has been asked for, so there is an organisation.</summary>
    public static Viewer Viewer(this HttpContext http) => Accounts.Viewer.Of(http.User) ?? throw new InvalidOperationException("An endpoint of the API asks for no scope.");
}
