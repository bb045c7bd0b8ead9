using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns;

/// <summary>The conversation about a campaign, open to those who may see it.</summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
sealed class CampaignComments(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
{
    /// <summary>A campaign's newest comments, oldest first; empty for anyone who may not see the campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="before">Only comments before this one; null for the newest.</param>
    public async Task<IReadOnlyList<CampaignComment>> ListAsync(
        Viewer viewer, Guid campaign, int most = 100, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var visible = CampaignService.Visible(db, viewer).Where(c => c.Id == campaign).Select(c => c.Id);
        var rows = db.Set<CampaignComment>().AsNoTracking().Where(c => visible.Contains(c.CampaignId));
        if (before is { } place)
            rows = rows.Where(c => EF.Functions.LessThan(ValueTuple.Create(c.At, c.Id), ValueTuple.Create(place.At, place.Id)));
        var newest = await rows
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(most).ToListAsync();
        newest.Reverse();
        return newest;
    }

    /// <summary>Adds a comment and notifies the other side.</summary>
    /// <param name="viewer">The author.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="text">The comment; cut to <see cref="CampaignComment.MaxText"/> characters.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>False when this user sees no such campaign, or the text is empty.</returns>
    /// <exception cref="DbUpdateException">The identity is already in use.</exception>
    public async Task<bool> WriteAsync(Viewer viewer, Guid campaign, string text, Guid? id = null)
    {
        if (StorableText.Trimmed(text) is not { } typed || !viewer.CanChange) return false;
        var said = StorableText.Cut(typed, CampaignComment.MaxText);
        await using var db = await contexts.CreateDbContextAsync();
        var about = await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c =>
            c.Id == campaign && c.DeletedAt == null && (viewer.IsMediaOwner || c.OrganisationId == viewer.OrganisationId));
        if (about is null) return false;
        var now = clock.GetUtcNow();
        var author = await db.Users.Where(u => u.Id == viewer.UserId).Select(u => u.DisplayName).SingleOrDefaultAsync()
            ?? viewer.Name ?? "";
        db.Add(
            new CampaignComment
            {
                Id = id ?? Guid.CreateVersion7(),
                CampaignId = campaign,
                UserId = viewer.UserId,
                Author = author,
                ByOwner = viewer.IsMediaOwner,
                Text = said,
                At = now,
            });
        if (viewer.IsMediaOwner)
            await db.NotifyOrganisationAsync(about.OrganisationId, NotificationKind.Commented, campaign, about.Name, said, viewer, now);
        else await db.NotifyOwnersAsync(NotificationKind.Commented, campaign, about.Name, said, viewer, now);
        await db.SaveChangesAsync();
        return true;
    }
}
