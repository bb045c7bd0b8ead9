using Microsoft.OpenApi;

namespace FaceAd.Web.Api.Description;

/// <summary>The headers of resumable uploads, tus 1.0.0, for the description.</summary>
static class UploadProtocol
{
    /// <summary>Media type of a chunk.</summary>
    public const string Chunk = "application/offset+octet-stream";

    private const string Root = "api/v1/uploads", One = Root + "/{id}";

    private static readonly (string Name, bool IsNumber, string What) Length = ("Upload-Length", true, "Bytes in all.");
    private static readonly (string Name, bool IsNumber, string What) Offset = ("Upload-Offset", true, "Bytes that were received.");
    private static readonly (string Name, bool IsNumber, string What) Expires =
        ("Upload-Expires", false, "When an idle upload is forgotten, as an HTTP date.");

    /// <summary>Describes an operation, if it belongs to the protocol.</summary>
    public static void Describe(OpenApiOperation operation, string method, string path)
    {
        switch (method, path)
        {
            case ("OPTIONS", Root):
                Answers(operation, "204", "What the server speaks.", ("Tus-Version", false, "1.0.0"),
                    ("Tus-Extension", false, "creation, expiration, termination"), ("Tus-Max-Size", true, "The largest upload in bytes."));
                break;
            case ("POST", Root):
                Takes(operation, Length, ("Upload-Metadata", false,
                    "Names with Base64 values: filename, and campaign or house; optionally replaces, seconds."));
                Answers(operation, "201", "The upload was begun.", ("Location", false, "Its address."), Expires);
                break;
            case ("HEAD", One):
                Takes(operation);
                Answers(operation, "200", "How much was received.", Offset, Length, Expires);
                break;
            case ("PATCH", One):
                Takes(operation, Offset);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType> { [Chunk] = new() },
                };
                Answers(operation, "204", "The chunk was received.", Offset, Expires);
                break;
            case ("DELETE", One):
                Takes(operation);
                Answers(operation, "204", "It is gone.");
                break;
        }
    }

    private static void Takes(OpenApiOperation operation, params (string Name, bool IsNumber, string What)[] headers)
    {
        operation.Parameters ??= [];
        foreach (var (name, isNumber, what) in headers.Prepend(("Tus-Resumable", false, "1.0.0")))
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Required = true,
                Description = what,
                Schema = SchemaOf(isNumber),
            });
        }
    }

    private static void Answers(
        OpenApiOperation operation, string status, string description, params (string Name, bool IsNumber, string What)[] headers)
    {
        operation.Responses ??= [];
        operation.Responses.Remove("200");
        operation.Responses[status] = new OpenApiResponse
        {
            Description = description,
            Headers = headers.ToDictionary(
                h => h.Name, IOpenApiHeader (h) => new OpenApiHeader { Description = h.What, Schema = SchemaOf(h.IsNumber) }),
        };
    }

    private static OpenApiSchema SchemaOf(bool isNumber) => isNumber
        ? new() { Type = JsonSchemaType.Integer, Format = "int64" } : new() { Type = JsonSchemaType.String };
}
