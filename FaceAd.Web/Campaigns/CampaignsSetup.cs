using FaceAd.Contracts;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Campaigns;

/// <summary>Campaigns and their films.</summary>
static class CampaignsSetup
{
    public static void AddCampaigns(this IServiceCollection services)
    {
        services.AddOptions<MediaOptions>().BindConfiguration("Media");
        services.AddSingleton<CampaignNews>();
        services.AddSingleton<CampaignBook>();
        services.AddSingleton<CampaignFinder>();
        services.AddSingleton<CampaignBulk>();
        services.AddSingleton<SiteGroups>();
        services.AddSingleton<MediaStore>();
        services.AddSingleton<FilmTool>();
        services.AddSingleton(p => new CreativeIntake(
            p.GetRequiredService<IDbContextFactory<FaceAdDbContext>>(), p.GetRequiredService<MediaStore>(), p.GetRequiredService<FilmTool>(),
            p.GetRequiredService<IOptions<MediaOptions>>(), p.GetRequiredService<CampaignNews>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<CreativeIntake>>()));
    }

    public static void MapCampaigns(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/api/campaigns/{id:guid}/creatives", UploadAsync).RequireAuthorization(Policies.Change);
        var media = endpoints.MapGroup(Routes.Media).RequireAuthorization(policy => policy
            .AddAuthenticationSchemes(IdentityConstants.ApplicationScheme, DeviceAuthentication.SchemeName).RequireAuthenticatedUser());
        media.MapGet("/{sha256}.mp4", FilmAsync);
        media.MapGet("/{sha256}.jpg", PosterAsync);
    }

    private static async Task<IResult> UploadAsync(
        Guid id, [FromQuery] string? name, HttpContext http, IAntiforgery antiforgery, CreativeIntake intake, IOptions<MediaOptions> options)
    {
        if (!await antiforgery.IsRequestValidAsync(http)) return Results.Problem("The page is out of date: reload it.", statusCode: 400);
        if (Viewer.Of(http.User) is not { } viewer) return Results.Forbid();
        if (http.Request.ContentLength > options.Value.MaxUploadBytes) return Answer(CreativeRefusal.TooLarge);
        // The stream is counted as it is saved; the server's own limit would end the request without saying why.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var outcome = await intake.ReceiveAsync(viewer, id, name ?? "film", http.Request.Body, http.RequestAborted);
        return outcome.Refusal is { } refusal ? Answer(refusal) : Results.Ok(new { outcome.Creative!.Id, outcome.Creative.Name, outcome.Creative.Sha256 });
    }

    private static IResult Answer(CreativeRefusal refusal) => Results.Json(
        new { refusal = refusal.ToString() },
        statusCode: refusal switch
        {
            CreativeRefusal.CampaignClosed => StatusCodes.Status404NotFound,
            CreativeRefusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status422UnprocessableEntity,
        });

    private static async Task<IResult> FilmAsync(string sha256, HttpContext http, FaceAdDbContext db, MediaStore store)
    {
        if (await FindAsync(sha256, http, db) is null) return Results.NotFound();
        var path = store.FilmPath(sha256);
        if (!File.Exists(path)) return Results.NotFound();
        KeepForEver(http);
        return Results.File(path, "video/mp4", entityTag: new($"\"{sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> PosterAsync(string sha256, HttpContext http, FaceAdDbContext db, MediaStore store)
    {
        if (await FindAsync(sha256, http, db) is not { } creative) return Results.NotFound();
        if (await store.PosterAsync(sha256, creative.Seconds) is not { } path) return Results.NotFound();
        KeepForEver(http);
        return Results.File(path, "image/jpeg", entityTag: new($"\"{sha256}\""));
    }

    /// <summary>Screens and administrators may see every film; an advertiser, their own. For others it does not exist.</summary>
    private static async Task<Creative?> FindAsync(string sha256, HttpContext http, FaceAdDbContext db)
    {
        if (!MediaStore.IsSha256(sha256)) return null;
        var isScreen = http.User.ScreenId() is not null;
        var viewer = Viewer.Of(http.User);
        if (!isScreen && viewer is null) return null;
        var all = isScreen || viewer is { IsAdmin: true };
        var organisation = viewer?.OrganisationId ?? Guid.Empty;
        return await db.Creatives.AsNoTracking().FirstOrDefaultAsync(c => c.Sha256 == sha256 && (all || c.OrganisationId == organisation), http.RequestAborted);
    }

    private static void KeepForEver(HttpContext http) => http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
}
