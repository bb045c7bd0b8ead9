using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Buildings and screens for programs of the media owner; the names of buildings, for everybody who books.</summary>
static class PlacesApi
{
    private const int MostPage = 500;

    public static void MapPlaces(this RouteGroupBuilder api)
    {
        api.MapGet("/sites", SitesAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Buildings, by identity.");
        api.MapGet("/screens", ScreensAsync).RequireScope(ApiScopes.ScreensRead).WithSummary("Screens, by identity, with whether they are connected to the node that answers.");
    }

    private static async Task<Results<Ok<PageModel<SiteModel>>, ProblemHttpResult>> SitesAsync(HttpContext http, FaceAdDbContext db, Guid? after, int limit = 100)
    {
        if (limit is < 1 or > MostPage) return CampaignsApi.Problem(400, $"limit is 1 to {MostPage}.");
        var from = after ?? Guid.Empty;
        var rows = await db.Sites.AsNoTracking().Where(s => s.Id > from).OrderBy(s => s.Id).Take(limit + 1).ToListAsync(http.RequestAborted);
        return TypedResults.Ok(Page(rows.ConvertAll(s => new SiteModel(s.Id, s.Name, s.TimeZone, s.Measures)), limit, s => s.Id));
    }

    private static async Task<Results<Ok<PageModel<ScreenModel>>, ProblemHttpResult>> ScreensAsync(
        HttpContext http, FaceAdDbContext db, ScreenConnections connections, Guid? site, Guid? after, int limit = 100)
    {
        if (!http.Viewer().IsAdmin) return CampaignsApi.Problem(403, "Screens are the media owner's.");
        if (limit is < 1 or > MostPage) return CampaignsApi.Problem(400, $"limit is 1 to {MostPage}.");
        var from = after ?? Guid.Empty;
        var rows = await db.Screens.AsNoTracking().Where(s => s.Id > from && (site == null || s.SiteId == site)).OrderBy(s => s.Id).Take(limit + 1).ToListAsync(http.RequestAborted);
        return TypedResults.Ok(Page(
            rows.ConvertAll(s => new ScreenModel(s.Id, s.Name, s.SiteId, CampaignModel.Word(s.Mode.ToString()), connections.IsConnected(s.Id), s.LastSeenAt)), limit, s => s.Id));
    }

    private static PageModel<T> Page<T>(List<T> rows, int limit, Func<T, Guid> id)
    {
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageModel<T>(rows, more ? id(rows[^1]).ToString() : null);
    }
}
