using System.Globalization;
using System.Text;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>
/// Resumable uploads by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): core, creation, expiration and termination. In
/// addition, each upload reports its state as JSON.
/// </summary>
static class UploadEndpoints
{
    /// <summary>Where uploads are created.</summary>
    public const string Path = "/api/uploads";

    private const string Version = "1.0.0";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup(Path).RequireAuthorization(Policies.Change).AddEndpointFilter(FromPageAsync);
        Speak(group);
        group.MapGet("/{id:guid}", TellAsync);
    }

    /// <summary>Maps the protocol's routes; the caller adds authorization.</summary>
    /// <param name="routes">Where to map them.</param>
    /// <param name="describe">Called with each route and its description for the API document.</param>
    public static void Speak(IEndpointRouteBuilder routes, Action<RouteHandlerBuilder, string>? describe = null)
    {
        var group = routes.MapGroup("").AddEndpointFilter(SpeakAsync);
        void Say(RouteHandlerBuilder route, string what) => describe?.Invoke(route, what);
        Say(
            group.MapMethods("", [HttpMethods.Options], Offer),
            "Returns the supported protocol: tus 1.0.0 with creation, expiration and termination.");
        Say(
            group.MapPost("", BeginAsync),
            "Starts a resumable upload for a campaign: Upload-Length, and Upload-Metadata with campaign and filename, optionally "
            + "replaces and seconds.");
        Say(group.MapMethods("/{id:guid}", [HttpMethods.Head], StandAsync), "Returns how much was received: Upload-Offset.");
        Say(group.MapMethods("/{id:guid}", [HttpMethods.Patch], AppendAsync), "Appends a chunk at Upload-Offset.");
        Say(group.MapDelete("/{id:guid}", EndAsync), "Cancels an upload, or removes a failed one from the list.");
    }

    /// <summary>Requires the page's antiforgery token, so that no other site can send uploads.</summary>
    private static async ValueTask<object?> FromPageAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context.HttpContext)
            ? await next(context) : Results.Problem("The page is out of date: reload it.", statusCode: StatusCodes.Status400BadRequest);

    /// <summary>Adds the protocol version to every response and requires it in every request but OPTIONS.</summary>
    private static async ValueTask<object?> SpeakAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers["Tus-Resumable"] = Version;
        var method = http.Request.Method;
        if (!HttpMethods.IsOptions(method) && http.Request.Headers["Tus-Resumable"] != Version)
        {
            http.Response.Headers["Tus-Version"] = Version;
            return Results.StatusCode(StatusCodes.Status412PreconditionFailed);
        }
        return Viewer.Of(http.User) is null ? Results.Forbid() : await next(context);
    }

    private static IResult Offer(HttpContext http, IOptions<MediaOptions> options)
    {
        var headers = http.Response.Headers;
        headers["Tus-Version"] = Version;
        headers["Tus-Extension"] = "creation,expiration,termination";
        headers["Tus-Max-Size"] = options.Value.MaxUploadBytes.ToString(CultureInfo.InvariantCulture);
        return Results.NoContent();
    }

    private static async Task<IResult> BeginAsync(HttpContext http, CreativeUploads uploads, IOptions<MediaOptions> options)
    {
        if (!long.TryParse(http.Request.Headers["Upload-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            return Results.Problem("Upload-Length is missing.", statusCode: StatusCodes.Status400BadRequest);
        if (Metadata(http.Request.Headers["Upload-Metadata"].ToString()) is not { } said || PlaceOf(said) is not { } place)
            return Results.Problem("Upload-Metadata needs filename and either campaign, each in Base64, or house.",
                statusCode: StatusCodes.Status400BadRequest);
        Guid? replaces = Guid.TryParse(said.GetValueOrDefault("replaces"), out var old) ? old : null;
        var seconds = double.TryParse(said.GetValueOrDefault("seconds"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var s) ? s : UploadPlan.UsualStillSeconds;
        var plan = new UploadPlan(place.Campaign, said.GetValueOrDefault("filename", "video"), bytes, replaces, seconds);
        var (upload, refusal) = await uploads.BeginAsync(ViewerOf(http), plan);
        if (upload is null) return Refused(refusal!.Value);
        http.Response.Headers.Location = $"{http.Request.Path.Value!.TrimEnd('/')}/{upload.Id}";
        Expires(http, upload, options.Value);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static async Task<IResult> StandAsync(
        Guid id, HttpContext http, CreativeUploads uploads, UploadReceiver receiver, IOptions<MediaOptions> options)
    {
        if (await uploads.FindAsync(ViewerOf(http), id) is not { } upload) return Results.NotFound();
        if (!await receiver.SettleAsync(id)) return Results.StatusCode(StatusCodes.Status423Locked);
        if (Stand(upload, uploads) is not { } arrived) return Results.StatusCode(StatusCodes.Status410Gone);
        // All bytes arrived, but the server crashed before it recorded that.
        if (arrived == upload.Bytes && upload.State == UploadState.Receiving) await uploads.ArrivedAsync(upload, arrived);
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers["Upload-Offset"] = arrived.ToString(CultureInfo.InvariantCulture);
        headers["Upload-Length"] = upload.Bytes.ToString(CultureInfo.InvariantCulture);
        Expires(http, upload, options.Value);
        return Results.Ok();
    }

    private static async Task<IResult> AppendAsync(
        Guid id, HttpContext http, CreativeUploads uploads, UploadReceiver receiver, IOptions<MediaOptions> options)
    {
        if (http.Request.ContentType != "application/offset+octet-stream")
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        if (!long.TryParse(http.Request.Headers["Upload-Offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return Results.Problem("Upload-Offset is missing.", statusCode: StatusCodes.Status400BadRequest);
        if (await uploads.FindAsync(ViewerOf(http), id) is not { } upload) return Results.NotFound();
        if (Stand(upload, uploads) is not { } stands) return Results.StatusCode(StatusCodes.Status410Gone);
        if (upload.State != UploadState.Receiving) return offset == stands ? Appended(http, stands) : Results.Conflict();
        // A chunk with a known length that exceeds the missing bytes is refused before it is read.
        if (http.Request.ContentLength > upload.Bytes - offset) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (uploads.IsDiskFull) return Refused(CreativeRefusal.ServerTrouble); // what arrived stays; the sender tries again
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var (receipt, arrived) = await receiver.AppendAsync(id, offset, upload.Bytes, http.Request.Body, http.RequestAborted);
        if (receipt is Receipt.Taken or Receipt.TooLong) await uploads.ArrivedAsync(upload, arrived);
        Expires(http, upload, options.Value);
        return receipt switch
        {
            Receipt.Taken => Appended(http, arrived),
            Receipt.Elsewhere => Results.Conflict(),
            Receipt.Busy => Results.StatusCode(StatusCodes.Status423Locked),
            Receipt.TooLong => Results.StatusCode(StatusCodes.Status413PayloadTooLarge),
            _ => Results.StatusCode(StatusCodes.Status410Gone),
        };
    }

    private static async Task<IResult> EndAsync(Guid id, HttpContext http, CreativeUploads uploads, UploadReceiver receiver)
    {
        await receiver.SettleAsync(id);
        return await uploads.CancelAsync(ViewerOf(http), id) ? Results.NoContent() : Results.NotFound();
    }

    private static async Task<IResult> TellAsync(Guid id, HttpContext http, CreativeUploads uploads) =>
        await uploads.FindAsync(ViewerOf(http), id) is not { } upload ? Results.NotFound() : Results.Ok(new
        {
            upload.Id,
            upload.CampaignId,
            upload.Name,
            upload.Bytes,
            Arrived = uploads.Arrived(upload) ?? upload.Bytes,
            State = upload.State.ToString(),
            upload.Percent,
            Failure = upload.Failure?.ToString(),
            upload.MayRetry,
            upload.CreativeId,
        });

    /// <summary>Current offset of an upload; a complete upload is at its end. Null when it ended without a creative.</summary>
    private static long? Stand(CreativeUpload upload, CreativeUploads uploads) => upload.State switch
    {
        UploadState.Receiving => uploads.Arrived(upload),
        UploadState.Queued or UploadState.Working or UploadState.Done or UploadState.Failed => upload.Bytes,
        _ => null,
    };

    private static IResult Appended(HttpContext http, long arrived)
    {
        http.Response.Headers["Upload-Offset"] = arrived.ToString(CultureInfo.InvariantCulture);
        return Results.NoContent();
    }

    private static void Expires(HttpContext http, CreativeUpload upload, MediaOptions options)
    {
        if (upload.State == UploadState.Receiving)
            http.Response.Headers["Upload-Expires"] = (upload.TouchedAt + options.UploadExpiry).ToString("R", CultureInfo.InvariantCulture);
    }

    private static Viewer ViewerOf(HttpContext http) => Viewer.Of(http.User)
        ?? throw new InvalidOperationException("The authorization filter should have refused a user without an organisation.");

    /// <summary>The campaign an upload names, or the house loop; null when it names neither or both.</summary>
    private static (Guid? Campaign, bool House)? PlaceOf(Dictionary<string, string> said) =>
        said.ContainsKey("house") ? said.ContainsKey("campaign") ? null : (null, true)
        : Guid.TryParse(said.GetValueOrDefault("campaign"), out var campaign) ? (campaign, false) : null;

    /// <summary>Parses comma-separated pairs of key and Base64 value; null when they are malformed.</summary>
    internal static Dictionary<string, string>? Metadata(string header)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = pair.Split(' ') switch { [var k] => (k, ""), [var k, var v] => (k, v), _ => ("", "") };
            var bytes = new byte[value.Length];
            if (key.Length == 0 || !Convert.TryFromBase64String(value, bytes, out var length)) return null;
            pairs[key] = Encoding.UTF8.GetString(bytes, 0, length);
        }
        return pairs;
    }

    /// <summary>A refusal as JSON, for programs and the page.</summary>
    internal static IResult Refused(CreativeRefusal refusal) => Results.Json(
        new { refusal = refusal.ToString() }, statusCode: StatusOf(refusal));

    /// <summary>The HTTP status for a refusal.</summary>
    internal static int StatusOf(CreativeRefusal refusal) => refusal switch
    {
        CreativeRefusal.CampaignClosed => StatusCodes.Status404NotFound,
        CreativeRefusal.TooLarge or CreativeRefusal.QuotaFull => StatusCodes.Status413PayloadTooLarge,
        CreativeRefusal.UnfinishedFull => StatusCodes.Status429TooManyRequests,
        CreativeRefusal.ServerTrouble or CreativeRefusal.Interrupted => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
