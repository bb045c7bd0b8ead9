using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Changes several campaigns at once: a preview of each first, then all of them in one transaction, or none.</summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
sealed class CampaignBulk(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
{
    /// <summary>The most campaigns per change.</summary>
    public const int Most = 200;

    /// <summary>What a change would do to each campaign. Changes nothing.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="ids">The campaigns, at most <see cref="Most"/>.</param>
    /// <param name="change">The change.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <exception cref="ArgumentException">Too many campaigns.</exception>
    public async Task<IReadOnlyList<BulkRow>> PreviewAsync(Viewer viewer, IReadOnlyCollection<Guid> ids, BulkChange change, DateOnly today)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var campaigns = await ReadAsync(db, viewer, ids, hold: false);
        return await JudgeAsync(db, viewer, ids, campaigns, change, today);
    }

    /// <summary>Changes campaigns: all of them, or none when one is refused or was changed since the preview.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="accepted">The campaigns with their versions at the preview.</param>
    /// <param name="change">The change.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <returns>The outcome for each; if any is refused, nothing was changed.</returns>
    /// <exception cref="ArgumentException">Too many campaigns.</exception>
    public async Task<IReadOnlyList<BulkRow>> ApplyAsync(
        Viewer viewer, IReadOnlyDictionary<Guid, int> accepted, BulkChange change, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        Guid[] ids = [.. accepted.Keys];
        var campaigns = await ReadAsync(db, viewer, ids, hold: true);
        var rows = (await JudgeAsync(db, viewer, ids, campaigns, change, today))
            .Select(r => r.Refusal is null && r.Version != accepted[r.Id] ? r with { Refusal = BulkRefusal.ChangedMeanwhile } : r).ToList();
        if (rows.Any(r => r.Refusal is not null)) return rows;
        var (now, calendars) = (clock.GetUtcNow(), await AccruedCost.CalendarsAsync(db, ids));
        foreach (var row in rows)
        {
            var campaign = campaigns[row.Id];
            var before = CampaignTerms.Of(campaign);
            if (VerbOf(change.Action) == AuditVerb.CampaignChanged)
                AccruedCost.Keep(campaign, AccruedCost.Of(campaign, calendars[row.Id], now), now);
            (campaign.State, campaign.Plan, campaign.BudgetKrw) =
                (row.After.State, campaign.Plan.EndingOn(row.After.EndsOn), row.After.BudgetKrw);
            if (change.Action == BulkAction.Sites)
                (campaign.SiteIds, campaign.GroupIds, campaign.OwnSiteIds) = ([.. row.After.SiteIds], [], null);
            campaign.Version++;
            db.Audit(viewer, now, VerbOf(change.Action), AuditSubject.Campaign, campaign.Id, campaign.Name,
                [.. CampaignTerms.Changes(before, CampaignTerms.Of(campaign)), ("together", $"{rows.Count}")]);
        }
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return rows;
    }

    // Locked in id order, so that two bulk changes cannot deadlock.
    private static async Task<Dictionary<Guid, Campaign>> ReadAsync(
        FaceAdDbContext db, Viewer viewer, IReadOnlyCollection<Guid> ids, bool hold)
    {
        if (ids.Count > Most) throw new ArgumentException($"At most {Most} campaigns can be changed at once.", nameof(ids));
        var asked = ids.ToArray();
        if (hold)
        {
            await db.Campaigns.FromSql($"""
                SELECT * FROM campaigns WHERE id = ANY ({asked}) AND deleted_at IS NULL AND {viewer.CanChange}
                    AND ({viewer.IsMediaOwner} OR organisation_id = {viewer.OrganisationId})
                ORDER BY id FOR UPDATE
                """).LoadAsync();
        }
        return await db.Campaigns.Where(c => asked.Contains(c.Id) && c.DeletedAt == null && viewer.CanChange
            && (viewer.IsMediaOwner || c.OrganisationId == viewer.OrganisationId))
            .Include(c => c.Total).ToDictionaryAsync(c => c.Id);
    }

    private async Task<IReadOnlyList<BulkRow>> JudgeAsync(
        FaceAdDbContext db, Viewer viewer, IReadOnlyCollection<Guid> ids, Dictionary<Guid, Campaign> campaigns, BulkChange change,
        DateOnly today)
    {
        var sites = change.SiteIds.Distinct().ToArray();
        var unknownSite = change.Action == BulkAction.Sites && sites.Length > 0
            && await db.Sites.CountAsync(s => sites.Contains(s.Id)) != sites.Length;
        var (now, calendars) = (clock.GetUtcNow(), await AccruedCost.CalendarsAsync(db, [.. campaigns.Keys]));
        return [.. ids.Select(id =>
        {
            if (!campaigns.TryGetValue(id, out var campaign)) return new BulkRow(id, "", 0, BulkRefusal.Gone, default, default);
            var (after, refusal) = BulkRules.Apply(
                campaign, change, AccruedCost.Of(campaign, calendars[id], now), viewer.IsMediaOwner, today);
            return new BulkRow(id, campaign.Name, campaign.Version, refusal
                ?? (unknownSite ? BulkRefusal.SiteUnknown : null), BulkRules.Of(campaign), after);
        })];
    }

    private static AuditVerb VerbOf(BulkAction action) => action switch
    {
        BulkAction.Pause => AuditVerb.CampaignPaused,
        BulkAction.Resume => AuditVerb.CampaignResumed,
        _ => AuditVerb.CampaignChanged,
    };
}
