using System.ComponentModel;
using FaceAd.Core;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Data;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Screen endpoints, for the media owner.</summary>
static class ScreensApi
{
    private const int MaxPageSize = 500;

    public static void MapScreens(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/screens").WithTags("Screens");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.ScreensRead)
            .WithSummary("Lists screens by identity, and whether they are connected.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.ScreensRead).Refuses(404)
            .WithSummary("Returns one screen with its health.");
        api.MapPost("", RegisterAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409, 422)
            .WithSummary(
                "Creates a screen; its device token is returned only once. With an Idempotency-Key, a repeat returns the same "
                + "screen without the token.");
        api.MapPut("/{id:guid}", ChangeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409, 422)
            .WithSummary("Renames a screen, and sets where its frames are analysed.");
        api.MapPost("/{id:guid}/token", RenewAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404)
            .WithSummary("Replaces a screen's token, revoked or not; the new one is returned only once.");
        api.MapDelete("/{id:guid}/token", RevokeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404)
            .WithSummary("Revokes a screen's token with immediate effect. The screen keeps playing its cached content.");
    }

    private static async Task<Results<Ok<PageModel<ScreenModel>>, ProblemHttpResult>> ListAsync(
        HttpContext http, FaceAdDbContext db, ScreenDirectory directory, ScreenStates states, TimeProvider time,
        [Description("One site.")] Guid? site,
        [Description("Value of next on the previous page.")] Guid? after,
        [Description("1 to 500.")] int limit = 100)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        var from = after ?? Guid.Empty;
        var rows = await db.Screens.AsNoTracking().Where(s => s.Id > from && (site == null || s.SiteId == site)).OrderBy(s => s.Id)
            .Take(limit + 1).ToListAsync(http.RequestAborted);
        var disputed = await DisputeStore.LatelyAsync(db, rows.ConvertAll(s => s.Id), time.GetUtcNow(), http.RequestAborted);
        return TypedResults.Ok(ApiWords.Page(rows, limit, s => new ScreenModel(
            s.Id, s.Name, s.SiteId, ApiWords.Of(s.Mode), directory.Find(s.Id) is { } entry && states.Find(entry).Connected, s.LastSeenAt,
            s.RevokedAt, Sum(s.Id, disputed)),
            s => s.Id.ToString()));
    }

    private static async Task<Results<Ok<ScreenDetailModel>, ProblemHttpResult>> FindAsync(
        Guid id, HttpContext http, FaceAdDbContext db, ScreenDirectory directory, ScreenBoard board, TimeProvider time) =>
        !http.Viewer().IsMediaOwner ? ApiProblem.Of(403, "OwnersOnly") : await ReadAsync(id, http, db, directory, board, time) is { } screen
            ? TypedResults.Ok(screen) : Missing();

    private static async Task<Results<Created<NewScreenModel>, Ok<NewScreenModel>, ProblemHttpResult>> RegisterAsync(
        HttpContext http, FaceAdDbContext db, ScreenRegistry registry, ScreenTermsModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (Check(terms.Name, terms.Mode ?? "server", out var mode) is { } problem) return problem;
        var id = IdempotencyKey.IdOf(viewer, "screen", key);
        async Task<NewScreenModel?> EarlierAsync() =>
            id is { } known && await db.Screens.AsNoTracking().SingleOrDefaultAsync(s => s.Id == known, http.RequestAborted) is { } screen
            ? new NewScreenModel(screen.Id, screen.Name, screen.SiteId, ApiWords.Of(screen.Mode), null) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        if (terms.SiteId is not { } site || !await db.Sites.AnyAsync(s => s.Id == site, http.RequestAborted)) return SitesApi.Missing();
        try
        {
            var (screen, token) = await registry.RegisterAsync(site, terms.Name!, mode, viewer, id);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created(
                $"/api/v1/screens/{screen.Id}", new NewScreenModel(screen.Id, screen.Name, screen.SiteId, ApiWords.Of(screen.Mode), token));
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() is { } twice)
        {
            return twice && await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "NameTaken");
        }
    }

    private static async Task<Results<Ok<ScreenDetailModel>, ProblemHttpResult>> ChangeAsync(
        Guid id, HttpContext http, FaceAdDbContext db, ScreenRegistry registry, ScreenDirectory directory, ScreenBoard board,
        TimeProvider time, ScreenTermsModel terms)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (await db.Screens.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, http.RequestAborted) is not { } screen) return Missing();
        if (Check(terms.Name ?? screen.Name, terms.Mode ?? ApiWords.Of(screen.Mode), out var mode) is { } problem) return problem;
        if (terms.SiteId is { } site && site != screen.SiteId) return ApiProblem.Of(422, "ScreenStays");
        try
        {
            if (terms.Name is { } name && StorableText.Trimmed(name) != screen.Name) await registry.RenameAsync(id, name, viewer);
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() is not null)
        {
            return ApiProblem.Of(409, "NameTaken");
        }
        if (mode != screen.Mode) await registry.SetModeAsync(id, mode, viewer);
        return await ReadAsync(id, http, db, directory, board, time) is { } changed ? TypedResults.Ok(changed) : Missing();
    }

    private static async Task<Results<Ok<TokenGivenModel>, ProblemHttpResult>> RenewAsync(
        Guid id, HttpContext http, FaceAdDbContext db, ScreenRegistry registry)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!await db.Screens.AnyAsync(s => s.Id == id, http.RequestAborted)) return Missing();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new TokenGivenModel(await registry.RenewTokenAsync(id, http.Viewer())));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        Guid id, HttpContext http, FaceAdDbContext db, ScreenRegistry registry)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!await db.Screens.AnyAsync(s => s.Id == id, http.RequestAborted)) return Missing();
        await registry.RevokeAsync(id, http.Viewer());
        return TypedResults.NoContent();
    }

    private static async Task<ScreenDetailModel?> ReadAsync(
        Guid id, HttpContext http, FaceAdDbContext db, ScreenDirectory directory, ScreenBoard board, TimeProvider time)
    {
        if (await db.Screens.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, http.RequestAborted) is not { } screen) return null;
        var disputed = await DisputeStore.LatelyAsync(db, [id], time.GetUtcNow(), http.RequestAborted);
        var now = directory.Find(id) is { } entry ? board.Now([entry])[0] : null;
        return new ScreenDetailModel(
            screen.Id, screen.Name, screen.SiteId, ApiWords.Of(screen.Mode), screen.CreatedAt, screen.RevokedAt, now?.Connected
                ?? false, now?.LastSeenAt ?? screen.LastSeenAt, screen.PlayerVersion,
            ApiWords.Of(now?.LastSeenAt is null ? screen.Camera : now.Camera), now?.LastSeenAt is null ? screen.Problem : now.Problem,
            now?.ShowingCreativeId ?? screen.ShowingCreativeId, now?.ShowingName, now?.OutboxPending ?? 0, now?.PageRendering ?? true,
            ApiWords.Of(now?.Analysing ?? screen.Mode), now?.HasModels, screen.ClockOffsetMilliseconds, screen.ClockDriftPartsPerMillion,
            now?.CpuCelsius, [.. (now?.Sensors ?? []).Select(s => new SensorModel(ApiWords.Of(s.Kind), ApiWords.Of(s.State), s.Metres))],
            Sum(id, disputed), screen.LeftOut ?? [], now?.Hints.StillFace ?? false, now?.Hints.Turn ?? 0);
    }

    private static long Sum(Guid screen, Dictionary<Guid, (DisputeReason Reason, long Plays)[]> disputed) =>
        disputed.GetValueOrDefault(screen)?.Sum(d => d.Plays) ?? 0;

    private static ProblemHttpResult? Check(string? name, string modeWord, out InferenceMode mode) =>
        !ApiWords.Read(modeWord, out mode) ? ApiProblem.Of(422, "Word", "mode", "server, device")
        : StorableText.IsBlank(name) || !StorableText.Fits(name, 120) ? ApiProblem.Of(422, "Name", 120) : null;

    private static ProblemHttpResult Missing() => ApiProblem.Of(404, "NoScreen");
}
