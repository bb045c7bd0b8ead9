using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns;

/// <content>Copying, deleting and restoring.</content>
sealed partial class CampaignService
{
    /// <summary>How long a deleted campaign can be restored.</summary>
    public static readonly TimeSpan Restorable = TimeSpan.FromDays(30);

    private const int MostDeleted = 100;

    /// <summary>
    /// Creates a draft with a campaign's terms and creatives. If the period has already begun, it is shifted to start today with the same
    /// length.
    /// </summary>
    /// <param name="viewer">The acting user; an administrator's copy belongs to the campaign's advertiser.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="name">The copy's name; cut to 120 characters.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="copyId">The copy's identity, for callers that may retry; null generates one.</param>
    /// <param name="version">The version that is to be copied; null for any.</param>
    /// <returns>The copy; null when this user sees no such campaign, or it has another version.</returns>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    /// <exception cref="DbUpdateException">The identity is already in use.</exception>
    public async Task<Campaign?> DuplicateAsync(
        Viewer viewer, Guid id, string name, DateOnly today, Guid? copyId = null, int? version = null)
    {
        if (StorableText.IsBlank(name)) throw new ArgumentException("A copy needs a name.", nameof(name));
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await Locked(db, viewer, id) is not { } original || (version is { } read && read != original.Version)) return null;
        var creatives = await db.Creatives.AsNoTracking().Where(c => c.CampaignId == id).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id)
            .ToListAsync();
        var now = clock.GetUtcNow();
        var plan = original.Plan.Moved(original.StartsOn > today ? 0 : today.DayNumber - original.StartsOn.DayNumber);
        var copy = new Campaign
        {
            Id = copyId ?? Guid.CreateVersion7(),
            OrganisationId = original.OrganisationId,
            Name = StorableText.Cut(name.Trim(), 120),
            StartsOn = plan.StartsOn,
            EndsOn = plan.EndsOn,
            Flights = plan.Parts?.ToArray(),
            Targets = [.. original.Targets],
            SiteIds = [.. original.SiteIds],
            GroupIds = [.. original.GroupIds],
            OwnSiteIds = original.OwnSiteIds,
            Days = original.Days,
            Hours = original.Hours,
            PriceModel = original.PriceModel,
            BudgetKrw = original.BudgetKrw,
            PricePerThousandKrw = original.PricePerThousandKrw,
            Delivery = original.Delivery,
            CreatedAt = now,
        };
        db.Campaigns.Add(copy);
        // The copies share the files, which are stored by content hash.
        db.Creatives.AddRange(creatives.Select((creative, i) => new Creative
        {
            OrganisationId = creative.OrganisationId,
            CampaignId = copy.Id,
            Name = creative.Name,
            Sha256 = creative.Sha256,
            Bytes = creative.Bytes,
            Seconds = creative.Seconds,
            Width = creative.Width,
            Height = creative.Height,
            Weight = creative.Weight,
            CreatedAt = now.AddTicks(i * TimeSpan.TicksPerMicrosecond),
        }));
        db.Audit(viewer, now, AuditVerb.CampaignCreated, AuditSubject.Campaign, copy.Id, copy.Name, ("copyOf", original.Name));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return copy;
    }

    /// <summary>
    /// Deletes a campaign: it leaves every list and can be restored for <see cref="Restorable"/>. Its plays and figures stay, and a booked
    /// one stays in the media owner's sight.
    /// </summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The campaign.</param>
    /// <param name="today">Today, in the site's time zone.</param>
    /// <param name="version">The version that is to be deleted; null for any.</param>
    /// <returns>False when there is no such campaign that this user may delete now.</returns>
    public async Task<bool> DeleteAsync(Viewer viewer, Guid id, DateOnly today, int? version = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await Locked(db, viewer, id) is not { } campaign || (version is { } read && read != campaign.Version)
            || !CampaignSteps.Deletable(campaign.State, CampaignPhases.Of(campaign, today), viewer.IsMediaOwner)) return false;
        campaign.DeletedAt = clock.GetUtcNow();
        campaign.Version++;
        db.Audit(viewer, campaign.DeletedAt.Value, AuditVerb.CampaignDeleted, AuditSubject.Campaign, id, campaign.Name);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Restores a deleted campaign as it was.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The campaign.</param>
    /// <returns>False when no such campaign was deleted within <see cref="Restorable"/>.</returns>
    public async Task<bool> RestoreAsync(Viewer viewer, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var now = clock.GetUtcNow();
        var oldest = now - Restorable;
        var campaign = await db.Campaigns
            .FromSql($"""
                SELECT * FROM campaigns
                WHERE id = {id} AND {viewer.CanChange} AND deleted_at >= {oldest}
                    AND ({viewer.IsMediaOwner} OR organisation_id = {viewer.OrganisationId}) FOR UPDATE
                """)
            .SingleOrDefaultAsync();
        // A booked one only its advertiser has deleted.
        if (campaign is null || (viewer.IsMediaOwner && CampaignSteps.IsBooked(campaign.State))) return false;
        campaign.DeletedAt = null;
        campaign.Version++;
        db.Audit(viewer, now, AuditVerb.CampaignRestored, AuditSubject.Campaign, id, campaign.Name);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Campaigns deleted within <see cref="Restorable"/> that the viewer sees no more, newest first, at most 100.</summary>
    /// <param name="viewer">The requesting user.</param>
    public async Task<IReadOnlyList<Campaign>> ListDeletedAsync(Viewer viewer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var oldest = clock.GetUtcNow() - Restorable;
        return await db.Campaigns.AsNoTracking().Include(c => c.Organisation)
            .Where(c => c.DeletedAt >= oldest)
            .Where(viewer.IsMediaOwner
                ? c => c.State != CampaignState.Approved && c.State != CampaignState.Paused
                : c => c.OrganisationId == viewer.OrganisationId)
            .OrderByDescending(c => c.DeletedAt).ThenByDescending(c => c.Id).Take(MostDeleted).ToListAsync();
    }
}
