using System.Security.Claims;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>
/// Who may see which file. A screen asks with the screens' connections: its downloads go on while pages wait for theirs. No connection is
/// held once it is answered, so none while the file is sent.
/// </summary>
sealed class MediaRights(IDbContextFactory<FaceAdDbContext> pages, [ScreensPool] IDbContextFactory<FaceAdDbContext> screens)
{
    /// <summary>
    /// The creative of a file: screens and the media owner may see every version, an advertiser their own; null otherwise.
    /// </summary>
    /// <param name="sha256">Hash of the file.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<Creative?> FindAsync(string sha256, ClaimsPrincipal user, CancellationToken cancellation)
    {
        if (!MediaStore.IsSha256(sha256)) return null;
        var isScreen = user.ScreenId() is not null;
        var viewer = Viewer.Of(user);
        if (!isScreen && viewer is null) return null;
        var all = isScreen || viewer is { IsMediaOwner: true };
        var organisation = viewer?.OrganisationId ?? Guid.Empty;
        await using var db = await (isScreen ? screens : pages).CreateDbContextAsync(cancellation);
        return await db.Creatives.IgnoreQueryFilters().AsNoTracking()
            .FirstOrDefaultAsync(c => c.Sha256 == sha256 && (all || c.OrganisationId == organisation), cancellation);
    }
}
