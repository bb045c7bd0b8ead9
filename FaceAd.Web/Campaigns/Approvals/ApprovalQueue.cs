using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>
/// Reads what awaits the media owner's review: submitted campaigns, new versions of running creatives, and change requests.
/// </summary>
sealed class ApprovalQueue(IDbContextFactory<FaceAdDbContext> contexts)
{
    /// <summary>Reads the oldest items.</summary>
    /// <param name="viewer">The requesting user; empty for anyone outside the media owner.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<WaitingItems> ReadAsync(Viewer viewer, int most, CancellationToken cancellation = default)
    {
        if (!viewer.IsMediaOwner) return new WaitingItems([], 0);
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var (submitted, proposed) = (Submitted(db), Proposed(db));
        var asked = ChangeRequests.Waiting(db);
        var campaigns = await submitted.AsSplitQuery().Include(c => c.Organisation)
            .Include(c => c.Creatives.Where(f => f.State == CreativeState.Current).OrderBy(f => f.CreatedAt))
            .OrderBy(c => c.SubmittedAt).ThenBy(c => c.Id).Take(most).ToListAsync(cancellation);
        var versions = await proposed.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(most).ToListAsync(cancellation);
        var requests = await asked.OrderBy(r => r.CreatedAt).ThenBy(r => r.Id).Take(most).ToListAsync(cancellation);
        var lines = versions.Select(v => v.LineId).ToArray();
        var running = await db.Creatives.AsNoTracking().Where(c => lines.Contains(c.LineId)).ToDictionaryAsync(c => c.LineId, cancellation);
        var parents = versions.Select(v => v.CampaignId!.Value).Concat(requests.Select(r => r.CampaignId)).Distinct().ToArray();
        var open = await asked.Where(r => parents.Contains(r.CampaignId)).ToDictionaryAsync(r => r.CampaignId, cancellation);
        var homes = await db.Campaigns.AsNoTracking().Include(c => c.Organisation).Include(c => c.Creatives.OrderBy(f => f.CreatedAt))
            .AsSplitQuery().Where(c => parents.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellation);
        var ids = campaigns.Select(c => c.Id).Concat(homes.Values.Select(c => c.Id)).ToArray();
        var approvals = await db.Set<Approval>().AsNoTracking().Where(a => ids.Contains(a.CampaignId)).OrderBy(a => a.At)
            .ToListAsync(cancellation);
        IReadOnlyList<string> By(Guid campaign, Guid? version, DateTimeOffset? since) =>
            [.. approvals.Where(a => a.CampaignId == campaign && a.CreativeId == version && a.At >= since).Select(a => a.UserName ?? "–")];
        IReadOnlyList<WaitingItem> items =
        [
            .. campaigns.Select(c => new WaitingItem(c, null, null, By(c.Id, null, c.SubmittedAt)))
                .Concat(
                    versions.Select(v =>
                        new WaitingItem(homes[v.CampaignId!.Value], v, running.GetValueOrDefault(v.LineId),
                            By(v.CampaignId!.Value, v.Id, v.CreatedAt))
                        {
                            IsHeld = !running.ContainsKey(v.LineId)
                                && open.GetValueOrDefault(v.CampaignId!.Value)?.Asked.Creatives.ContainsKey(v.LineId) == true,
                        }))
                .Concat(requests.Select(r => new WaitingItem(homes[r.CampaignId], null, null, []) { Request = r }))
                .OrderBy(i => i.Since).Take(most),
        ];
        return new WaitingItems(
            items, items.Count < most ? items.Count : (await CountAsync(db, cancellation)).All);
    }

    /// <summary>How much waits.</summary>
    public static async Task<WaitingCounts> CountAsync(FaceAdDbContext db, CancellationToken cancellation) => new(
        await Submitted(db).CountAsync(cancellation), await Proposed(db).CountAsync(cancellation),
        await ChangeRequests.Waiting(db).CountAsync(cancellation));

    private static IQueryable<Campaign> Submitted(FaceAdDbContext db) =>
        db.Campaigns.AsNoTracking().Where(c => c.State == CampaignState.Submitted && c.DeletedAt == null);

    private static IQueryable<Creative> Proposed(FaceAdDbContext db) => db.Creatives.IgnoreQueryFilters().AsNoTracking()
        .Where(c => c.State == CreativeState.Proposed && c.Campaign!.DeletedAt == null
            && (c.Campaign.State == CampaignState.Approved || c.Campaign.State == CampaignState.Paused));
}
