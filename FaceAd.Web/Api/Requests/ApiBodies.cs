using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Api.Requests;

/// <summary>
/// Bodies of the API's requests: says where one does not match the description, and holds each to what was asked for with its idempotency
/// key before.
/// </summary>
sealed class ApiBodies(RequestDelegate next, KeyedRequests keyed, IOptions<JsonOptions> json)
{
    private const int MostNamed = 10;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { RequestType: { } type } accepts
            || !accepts.ContentTypes.Contains("application/json"))
        {
            await next(http);
            return;
        }
        // Read before the endpoint reads it, and once more where it cannot.
        http.Request.EnableBuffering(ApiSetup.MaxBody, ApiSetup.MaxBody);
        if (http.Request.Headers[IdempotencyKey.Header] is [{ } key] && IdempotencyKey.IsGood(key)) await KeyedAsync(http, key);
        else await next(http);
        if (http.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false }
            && await WrongAsync(http, type) is { } place) await ApiProblem.Of(400, "Body", place).ExecuteAsync(http);
    }

    private async Task KeyedAsync(HttpContext http, string key)
    {
        byte[] body;
        try
        {
            body = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
            http.Request.Body.Position = 0;
        }
        catch (BadHttpRequestException e)
        {
            http.Response.StatusCode = e.StatusCode; // too large, say
            return;
        }
        var id = KeyedRequests.IdOf(http.Viewer(), http.Request, key);
        var (isGood, isFirst) = await keyed.BeginAsync(id, body, http.RequestAborted);
        if (!isGood)
        {
            await ApiProblem.Of(422, "KeyReused").ExecuteAsync(http);
            return;
        }
        await next(http);
        if (isFirst && http.Response.StatusCode is >= 400 and < 500) await keyed.ForgetAsync(id);
    }

    // Where a body does not match its type; null when it does.
    private async Task<string?> WrongAsync(HttpContext http, Type type)
    {
        try
        {
            http.Request.Body.Position = 0;
            using (var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted))
            {
                var unknown = BodyCheck.Unknown(body.RootElement, type, json.Value.SerializerOptions).Take(MostNamed).ToList();
                if (unknown.Count > 0) return string.Join(", ", unknown);
            }
            http.Request.Body.Position = 0;
            await JsonSerializer.DeserializeAsync(http.Request.Body, type, json.Value.SerializerOptions, http.RequestAborted);
            return null;
        }
        catch (JsonException e)
        {
            return e.Path ?? "$";
        }
        catch (InvalidOperationException)
        {
            return "$"; // a name that is no UTF-8
        }
        catch (BadHttpRequestException)
        {
            return null; // it cannot be read at all
        }
    }
}
