using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>
/// The media owner's own creatives, which every screen plays in rotation while no campaign is due. They are uploaded through
/// <see cref="CreativeUploads"/>; here they are listed, removed and restored.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
sealed class HouseLoop(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
{
    /// <summary>The creatives in playing order.</summary>
    public async Task<IReadOnlyList<Creative>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Creatives.AsNoTracking().Where(c => c.CampaignId == null).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync();
    }

    /// <summary>Removes a creative. Its file and its plays stay, so that it can be restored.</summary>
    /// <param name="viewer">The acting user; an administrator.</param>
    /// <param name="id">The creative.</param>
    /// <returns>False when the loop has no such creative, or the user may not do this.</returns>
    public Task<bool> RemoveAsync(Viewer viewer, Guid id) =>
        MoveAsync(viewer, id, CreativeState.Current, CreativeState.Replaced, AuditVerb.CreativeRemoved);

    /// <summary>Restores a removed creative.</summary>
    /// <param name="viewer">The acting user; an administrator.</param>
    /// <param name="id">The creative.</param>
    /// <returns>False when there is no such creative, or the user may not do this.</returns>
    public Task<bool> RestoreAsync(Viewer viewer, Guid id) =>
        MoveAsync(viewer, id, CreativeState.Replaced, CreativeState.Current, AuditVerb.CreativeRestored);

    private async Task<bool> MoveAsync(Viewer viewer, Guid id, CreativeState from, CreativeState to, AuditVerb verb)
    {
        if (viewer is not { IsMediaOwner: true, CanChange: true }) return false;
        await using var db = await contexts.CreateDbContextAsync();
        var creative = await db.Creatives.IgnoreQueryFilters()
            .SingleOrDefaultAsync(c => c.Id == id && c.CampaignId == null && c.State == from);
        if (creative is null) return false;
        var now = clock.GetUtcNow();
        creative.State = to;
        creative.ReplacedAt = to == CreativeState.Current ? null : now;
        db.Audit(viewer, now, verb, AuditSubject.HouseCreative, id, creative.Name);
        await db.SaveChangesAsync();
        return true;
    }
}
