using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Api;

/// <summary>Endpoints of the nodes that share the database, for the media owner: which there are, and sites moved between them.</summary>
static class NodesApi
{
    public static void MapNodes(this RouteGroupBuilder group)
    {
        group.MapGet("/nodes", ListAsync).WithTags("Nodes").RequireScope(ApiScopes.ScreensRead)
            .WithSummary("Lists the living nodes, with the number of their sites.");
        group.MapPost("/sites/{id:guid}/hand-over", HandOverAsync).WithTags("Nodes").RequireScope(ApiScopes.ScreensWrite)
            .Refuses(404, 409, 422)
            .WithSummary("Has the node that owns a site hand it over to another one. Its screens connect again, to the new owner.");
    }

    private static async Task<Results<Ok<PageModel<NodeModel>>, ProblemHttpResult>> ListAsync(HttpContext http, NpgsqlDataSource database)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        var nodes = await SitePlan.ReadNodesAsync(connection, http.RequestAborted);
        return TypedResults.Ok(new PageModel<NodeModel>([.. nodes.Select(NodeModel.Of)], null));
    }

    private static async Task<Results<Accepted<HandOverModel>, ProblemHttpResult>> HandOverAsync(
        Guid id, HttpContext http, FaceAdDbContext db, TimeProvider time, HandOverRequest to)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (to.Node is { } word && (word.Length > Node.MaxAddress || !StorableText.IsSound(word)))
            return ApiProblem.Of(422, "TooLong", "node", Node.MaxAddress);
        var site = await db.Sites.AsNoTracking().Where(s => s.Id == id).Select(s => new { s.Id, s.Name })
            .SingleOrDefaultAsync(http.RequestAborted);
        if (site is null) return SitesApi.Missing();
        await db.Database.OpenConnectionAsync(http.RequestAborted);
        var (outcome, from, heir) = await HandOver.AskAsync(
            (NpgsqlConnection)db.Database.GetDbConnection(), (site.Id, site.Name), to.Node, viewer, time.GetUtcNow(), http.RequestAborted);
        return outcome switch
        {
            HandOverOutcome.NoNode => ApiProblem.Of(409, "NoNode"),
            HandOverOutcome.NoOwner => ApiProblem.Of(409, "NoOwner"),
            _ => TypedResults.Accepted($"/api/v1/sites/{id}", new HandOverModel(from!, heir!)),
        };
    }
}
