using FaceAd.Web.Api.Models;
using FaceAd.Web.Api.Requests;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace FaceAd.Web.Api.Description;

/// <summary>The headers with a campaign's version, for the description.</summary>
static class VersionHeaders
{
    /// <summary>Describes an operation, if it reads or changes a campaign.</summary>
    public static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<VersionTag.Taken>().Any())
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = "If-Match",
                In = ParameterLocation.Header,
                Description = "Change the campaign only while this is its ETag, or one of several; else 412.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
        foreach (var answer in metadata.OfType<IProducesResponseTypeMetadata>().Where(a => a.Type == typeof(CampaignModel)))
        {
            if (operation.Responses?.GetValueOrDefault($"{answer.StatusCode}") is not OpenApiResponse response) continue;
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers["ETag"] = new OpenApiHeader
            {
                Description = "The campaign's version, such as \"7\".",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }
    }
}
