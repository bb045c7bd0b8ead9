using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;

namespace FaceAd.Web.Creatives.Buildings;

/// <summary>Serves pictures of buildings to those who may book, and takes them from administrators by a plain form.</summary>
static class SitePictureEndpoints
{
    private const int FormBytes = 16 * 1024; // what a form holds beside its file

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/buildings/{id:guid}/picture.jpg", ShowAsync).RequireAuthorization(Policies.Inventory);
        endpoints.MapPost("/buildings/{id:guid}/picture", TakeAsync).RequireAuthorization(policy => policy.RequireRole(Roles.Admin))
            .DisableAntiforgery(); // checked below, after the size
    }

    private static async Task<IResult> ShowAsync(Guid id, HttpContext http, SitePictures pictures)
    {
        if (await pictures.OpenAsync(id, http.RequestAborted) is not { } picture) return Results.NotFound();
        http.Response.Headers.CacheControl = "private, no-cache"; // one that is removed is seen no more
        return Results.File(picture.Content, "image/jpeg", entityTag: new($"\"{picture.Sha256}\""));
    }

    private static async Task<IResult> TakeAsync(Guid id, HttpContext http, IAntiforgery antiforgery, SitePictures pictures)
    {
        if (Viewer.Of(http.User) is not { } viewer) return Results.Forbid();
        if (http.Request.ContentLength is not { } length || length > SitePictures.MaxBytes + FormBytes)
            return Answer(id, PictureRefusal.TooLarge);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = SitePictures.MaxBytes + FormBytes;
        if (!await antiforgery.IsRequestValidAsync(http))
            return Results.Problem("The page is out of date: reload it.", statusCode: StatusCodes.Status400BadRequest);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form.ContainsKey("remove"))
        {
            await pictures.RemoveAsync(viewer, id, http.RequestAborted);
            return Answer(id, null);
        }
        if (form.Files is not [{ Length: > 0 } file]) return Answer(id, PictureRefusal.NotAPicture);
        await using var content = file.OpenReadStream();
        var refusal = await pictures.SetAsync(viewer, id, content, http.RequestAborted);
        return refusal == PictureRefusal.NoSite ? Results.NotFound() : Answer(id, refusal);
    }

    private static IResult Answer(Guid id, PictureRefusal? refusal) =>
        Results.LocalRedirect($"/buildings/{id}?picture={refusal?.ToString() ?? "Saved"}");
}
