using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>
/// The media owner's own films, which every screen plays in turn while no campaign is due. They come by <see cref="CreativeUploads"/>;
/// here they are listed, taken out and put back.
/// </summary>
/// <param name="contexts">Where they are kept.</param>
/// <param name="news">Tells screens and pages.</param>
/// <param name="clock">The server's clock.</param>
public sealed class HouseLoop(IDbContextFactory<FaceAdDbContext> contexts, CampaignNews news, TimeProvider clock)
{
    /// <summary>The films in the order in which they play.</summary>
    public async Task<IReadOnlyList<Creative>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Creatives.AsNoTracking().Where(c => c.CampaignId == null).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync();
    }

    /// <summary>Takes a film out. Its file and its plays stay, so that it can be put back.</summary>
    /// <param name="viewer">Who takes it out; an administrator.</param>
    /// <param name="id">The film.</param>
    /// <returns>False when there is no such film in the loop, or the viewer may not.</returns>
    public Task<bool> RemoveAsync(Viewer viewer, Guid id) => MoveAsync(viewer, id, CreativeState.Current, CreativeState.Replaced, AuditVerb.FilmRemoved);

    /// <summary>Puts a film back that was taken out.</summary>
    /// <param name="viewer">Who puts it back; an administrator.</param>
    /// <param name="id">The film.</param>
    /// <returns>False when there is no such film, or the viewer may not.</returns>
    public Task<bool> RestoreAsync(Viewer viewer, Guid id) => MoveAsync(viewer, id, CreativeState.Replaced, CreativeState.Current, AuditVerb.FilmRestored);

    private async Task<bool> MoveAsync(Viewer viewer, Guid id, CreativeState from, CreativeState to, AuditVerb verb)
    {
        if (viewer is not { IsAdmin: true, CanChange: true }) return false;
        await using var db = await contexts.CreateDbContextAsync();
        var film = await db.Creatives.IgnoreQueryFilters().SingleOrDefaultAsync(c => c.Id == id && c.CampaignId == null && c.State == from);
        if (film is null) return false;
        var now = clock.GetUtcNow();
        film.State = to;
        film.ReplacedAt = to == CreativeState.Current ? null : now;
        db.Audit(viewer, now, verb, AuditSubject.HouseFilm, id, film.Name);
        await db.SaveChangesAsync();
        news.Tell();
        return true;
    }
}
