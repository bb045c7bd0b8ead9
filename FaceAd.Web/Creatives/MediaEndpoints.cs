using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>Serves videos and posters to those who may see them, and accepts uploads in a single request.</summary>
static class MediaEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/api/campaigns/{id:guid}/creatives", UploadAsync).RequireAuthorization(Policies.Change);
        var media = endpoints.MapGroup(Routes.Media).RequireAuthorization(policy => policy
            .AddAuthenticationSchemes(IdentityConstants.ApplicationScheme, DeviceAuthentication.SchemeName).RequireAuthenticatedUser());
        media.MapGet("/{sha256}.mp4", VideoAsync);
        media.MapGet("/{sha256}.jpg", PosterAsync);
    }

    private static async Task<IResult> UploadAsync(
        Guid id, [FromQuery] string? name, HttpContext http, IAntiforgery antiforgery, CreativeIntake intake,
        IOptions<MediaOptions> options)
    {
        if (!await antiforgery.IsRequestValidAsync(http)) return Results.Problem("The page is out of date: reload it.", statusCode: 400);
        if (Viewer.Of(http.User) is not { } viewer) return Results.Forbid();
        if (http.Request.ContentLength > options.Value.MaxUploadBytes) return UploadEndpoints.Refused(CreativeRefusal.TooLarge);
        // The stream is counted while it is saved; the server's own limit would abort the request without a reason.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var outcome = await intake.ReceiveAsync(
            viewer, id, name ?? "video", http.Request.Body, http.Request.ContentLength, http.RequestAborted);
        return outcome.Refusal is { } refusal
            ? UploadEndpoints.Refused(refusal) : Results.Ok(new { outcome.Creative!.Id, outcome.Creative.Name, outcome.Creative.Sha256 });
    }

    private static async Task<IResult> VideoAsync(string sha256, HttpContext http, MediaRights rights, MediaStore store)
    {
        if (await rights.FindAsync(sha256, http.User, http.RequestAborted) is null
            || await store.OpenVideoAsync(sha256, http.RequestAborted) is not { } video)
            return Results.NotFound();
        KeepForEver(http);
        return Results.File(video, "video/mp4", entityTag: new($"\"{sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> PosterAsync(string sha256, HttpContext http, MediaRights rights, MediaStore store)
    {
        if (await rights.FindAsync(sha256, http.User, http.RequestAborted) is not { } creative
            || await store.OpenPosterAsync(sha256, creative.Seconds, http.RequestAborted) is not { } poster)
            return Results.NotFound();
        KeepForEver(http);
        return Results.File(poster, "image/jpeg", entityTag: new($"\"{sha256}\""));
    }

    private static void KeepForEver(HttpContext http) => http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
}
