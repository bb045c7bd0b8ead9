using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Why a site group was not saved or deleted.</summary>
enum GroupRefusal
{
    /// <summary>Its name is empty or longer than 120 characters.</summary>
    NameMissing = 0,

    /// <summary>Another group has this name.</summary>
    NameTaken = 1,

    /// <summary>It has no site, or one that does not exist.</summary>
    SitesMissing = 2,

    /// <summary>It is named by a campaign that has not ended.</summary>
    InUse = 3,

    /// <summary>There is no such group.</summary>
    Gone = 4,
}

/// <summary>
/// Site groups. A campaign that names a group runs at the group's sites: changing a group also changes, in the same transaction, the sites
/// of all campaigns that name it and have not ended. Ended campaigns keep the sites they ran at.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
sealed class SiteGroups(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock)
{
    /// <summary>All groups, by name.</summary>
    public async Task<IReadOnlyList<SiteGroup>> ListAsync(CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.SiteGroups.AsNoTracking().OrderBy(g => g.Name).ToListAsync(cancellation);
    }

    /// <summary>Creates or changes a group.</summary>
    /// <param name="viewer">The acting user; must be an administrator.</param>
    /// <param name="id">The group; null for a new one.</param>
    /// <param name="name">Its name.</param>
    /// <param name="siteIds">Its sites.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="newId">Identity of a new group, for callers that may retry; null generates one.</param>
    /// <returns>Null when it was saved.</returns>
    /// <exception cref="UnauthorizedAccessException">The user is not an administrator, or is read-only.</exception>
    public async Task<GroupRefusal?> SaveAsync(
        Viewer viewer, Guid? id, string name, IReadOnlyCollection<Guid> siteIds, DateOnly today, Guid? newId = null)
    {
        Demand(viewer);
        ArgumentNullException.ThrowIfNull(siteIds);
        if (StorableText.Trimmed(name) is not { } trimmed || !StorableText.Fits(trimmed, 120)) return GroupRefusal.NameMissing;
        var sites = siteIds.Distinct().ToArray();
        await using var db = await contexts.CreateDbContextAsync();
        if (sites.Length == 0 || await db.Sites.CountAsync(s => sites.Contains(s.Id)) != sites.Length) return GroupRefusal.SitesMissing;
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.SiteGroups.AnyAsync(g => g.Name == trimmed && g.Id != id)) return GroupRefusal.NameTaken;
        var now = clock.GetUtcNow();
        SiteGroup group;
        if (id is null)
        {
            group = new SiteGroup { Id = newId ?? Guid.CreateVersion7(), Name = trimmed, SiteIds = sites, CreatedAt = now };
            db.SiteGroups.Add(group);
        }
        else
        {
            if (await LockedAsync(db, id.Value) is not { } known) return GroupRefusal.Gone;
            group = known;
            (group.Name, group.SiteIds) = (trimmed, sites);
        }
        db.Audit(viewer, now, id is null ? AuditVerb.GroupCreated : AuditVerb.GroupChanged, AuditSubject.SiteGroup, group.Id, trimmed);
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return GroupRefusal.NameTaken;
        }
        await MoveCampaignsAsync(db, viewer, group.Id, today, now);
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>Deletes a group that no campaign uses any more.</summary>
    /// <param name="viewer">The acting user; must be an administrator.</param>
    /// <param name="id">The group.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <returns>Null when it was deleted.</returns>
    /// <exception cref="UnauthorizedAccessException">The user is not an administrator, or is read-only.</exception>
    public async Task<GroupRefusal?> DeleteAsync(Viewer viewer, Guid id, DateOnly today)
    {
        Demand(viewer);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await LockedAsync(db, id) is not { } group) return GroupRefusal.Gone;
        if (await db.Campaigns.AnyAsync(c => c.GroupIds.Contains(id) && c.EndsOn >= today)) return GroupRefusal.InUse;
        db.SiteGroups.Remove(group);
        db.Audit(viewer, clock.GetUtcNow(), AuditVerb.GroupDeleted, AuditSubject.SiteGroup, id, group.Name);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>Sites of a campaign: those it names, and those of its groups. Empty for all when it names neither.</summary>
    /// <param name="own">Sites named.</param>
    /// <param name="groups">Groups named.</param>
    public static Guid[] Together(IEnumerable<Guid> own, IEnumerable<SiteGroup> groups) =>
        [.. own.Concat(groups.SelectMany(g => g.SiteIds)).Distinct()];

    private static async Task MoveCampaignsAsync(FaceAdDbContext db, Viewer viewer, Guid group, DateOnly today, DateTimeOffset now)
    {
        var campaigns = await db.Campaigns
            .FromSql($"SELECT * FROM campaigns WHERE group_ids @> ARRAY[{group}] AND ends_on >= {today} ORDER BY id FOR UPDATE")
            .ToListAsync();
        if (campaigns.Count == 0) return;
        var groups = await db.SiteGroups.AsNoTracking().ToDictionaryAsync(g => g.Id);
        foreach (var campaign in campaigns)
        {
            var before = CampaignTerms.Of(campaign);
            campaign.SiteIds = Together(campaign.OwnSiteIds ?? [], campaign.GroupIds.Where(groups.ContainsKey).Select(g => groups[g]));
            if (CampaignTerms.Changes(before, CampaignTerms.Of(campaign)) is not { Length: > 0 } changes) continue;
            campaign.Version++;
            db.Audit(viewer, now, AuditVerb.CampaignChanged, AuditSubject.Campaign, campaign.Id, campaign.Name, changes);
        }
        await db.SaveChangesAsync();
    }

    private static Task<SiteGroup?> LockedAsync(FaceAdDbContext db, Guid id) =>
        db.SiteGroups.FromSql($"SELECT * FROM site_groups WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync();

    private static void Demand(Viewer viewer)
    {
        if (!viewer.IsMediaOwner || !viewer.CanChange)
            throw new UnauthorizedAccessException("Only the media owner may change site groups.");
    }
}
