using System.Globalization;
using System.Text.RegularExpressions;
using FaceAd.Web.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FaceAd.Web.Api.Description;

/// <summary>The API's description by OpenAPI, such that a client generated from it compiles what the documentation shows.</summary>
static partial class ApiDescription
{
    private const string Scheme = "token";

    private static readonly Dictionary<string, string> Tags = new()
    {
        ["Token"] = "Who calls.",
        ["Campaigns"] = "What is booked, for whom, when and for how much.",
        ["Creatives"] = "Videos and images, their uploads and the house loop.",
        ["Approvals"] = "What waits for the media owner.",
        ["Change requests"] = "Other terms that an advertiser asks for.",
        ["Reports"] = "Figures of campaigns, and links to them.",
        ["Sites"] = "Buildings: measurement, consent, places.",
        ["Screens"] = "Screens and their tokens.",
        ["Groups"] = "Groups of buildings.",
        ["Nodes"] = "The servers of an installation.",
        ["Media owner"] = "Inventory and privacy of the whole installation.",
        ["Webhooks"] = "Addresses that are told of events.",
        ["Notifications"] = "What people are told, and by mail.",
        ["Organisation"] = "The organisation, its people and tokens.",
    };


    public static void AddApiDescription(this IServiceCollection services)
    {
        services.AddSingleton<InputTypes>();
        services.AddOpenApi(ApiSetup.Document, options =>
        {
            options.ShouldInclude = endpoint => endpoint.GroupName == ApiSetup.Document;
            options.AddDocumentTransformer((document, _, _) =>
            {
                Introduce(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                Describe(operation, context);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Correct(schema, context);
                return Task.CompletedTask;
            });
        });
    }

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "FaceAd",
            Version = ApiSetup.Document,
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
        foreach (var server in document.Servers ?? []) server.Url = server.Url?.TrimEnd('/');
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>()) tag.Description = Tags.GetValueOrDefault(tag.Name ?? "");
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var method = context.Description.HttpMethod!;
        var path = Constraint().Replace(context.Description.RelativePath!, "").TrimEnd('/');
        operation.OperationId = IdOf(method, path);
        var scope = context.Description.ActionDescriptor.EndpointMetadata.OfType<AuthorizationPolicy>()
            .SelectMany(p => p.Requirements).OfType<ClaimsAuthorizationRequirement>()
            .Where(r => r.ClaimType == FaceAdClaims.Scope).SelectMany(r => r.AllowedValues ?? []).FirstOrDefault();
        operation.Description = string.Join(' ', new[] { operation.Description, scope is null ? "Any token." : $"Scope: {scope}." }
            .Where(t => !string.IsNullOrEmpty(t)));
        UploadProtocol.Describe(operation, method, path);
        VersionHeaders.Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
        foreach (var content in Contents(operation))
        {
            if (content.Key is "*/*" or "video/mp4" or "image/jpeg" or UploadProtocol.Chunk)
                content.Value.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        }
    }

    // Stable, and one of a kind: "putCampaignsByIdCreativesByCreativeWeight".
    private static string IdOf(string method, string path) => string.Concat(
        path.Split('/').Skip(2).SelectMany(part => part.Trim('{', '}').Split('-', '.')
            .Select((word, i) => (part.StartsWith('{') && i == 0 ? "By" : "") + Upper(word))).Prepend(method.ToLowerInvariant()));

    [GeneratedRegex(":[^}]*")]
    private static partial Regex Constraint();

    private static string Upper(string word) =>
        word.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(word[0])}{word[1..]}");

    private static IEnumerable<KeyValuePair<string, OpenApiMediaType>> Contents(OpenApiOperation operation) =>
        (operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>())
        .Concat((operation.Responses ?? []).Values.SelectMany(r => r.Content ?? new Dictionary<string, OpenApiMediaType>()));

    private static void Correct(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // Numbers are read from texts, too; that is nobody's business.
        const JsonSchemaType Numbers = JsonSchemaType.Integer | JsonSchemaType.Number;
        if (schema.Type is { } type && (type & Numbers) != 0 && type.HasFlag(JsonSchemaType.String))
            (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
        var inputs = context.ApplicationServices.GetRequiredService<InputTypes>();
        if (!inputs.Has(context.JsonTypeInfo.Type))
        {
            if (InputTypes.IsOfApi(context.JsonTypeInfo.Type)) schema.AdditionalPropertiesAllowed = true; // answers may grow
            return;
        }
        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.IsGetNullable || property.AssociatedParameter is { HasDefaultValue: true })
                schema.Required?.Remove(property.Name);
        }
    }
}
