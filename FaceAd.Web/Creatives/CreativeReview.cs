using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Creatives;

/// <summary>Reviews new versions of creatives in running campaigns. The previous version plays until the new one is approved.</summary>
/// <param name="contexts">The database.</param>
/// <param name="rule">Decides whether the approvals suffice.</param>
/// <param name="clock">The clock.</param>
sealed class CreativeReview(IDbContextFactory<FaceAdDbContext> contexts, ApprovalRule rule, TimeProvider clock)
{
    /// <summary>Approves a version, which then replaces the current one, or is held for the change request that it belongs to.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="creativeId">The version.</param>
    /// <param name="confirmed">What the reviewer confirmed.</param>
    /// <returns>The outcome; null when the version no longer awaits review, or the user may not decide.</returns>
    public async Task<ApprovalOutcome?> ApproveAsync(Viewer viewer, Guid creativeId, IReadOnlyCollection<ReviewItem>? confirmed = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await WaitingAsync(db, viewer, creativeId) is not { } waiting) return null;
        var (campaign, creative) = waiting;
        var now = clock.GetUtcNow();
        var outcome = await rule.AddAsync(db, campaign, creative, creative.CreatedAt, viewer, confirmed, now);
        if (outcome == ApprovalOutcome.SameAgain) return outcome;
        if (outcome == ApprovalOutcome.Enough)
        {
            var held = await ChangeRequests.HoldsAsync(db, creative);
            // Before the new version's row changes: each line has at most one current version.
            await db.Creatives.IgnoreQueryFilters().Where(c => c.LineId == creative.LineId && c.State == CreativeState.Current)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CreativeState.Replaced).SetProperty(c => c.ReplacedAt, now));
            (creative.State, creative.ReviewedAt) = (held ? CreativeState.Held : CreativeState.Current, now);
            db.Audit(viewer, now, AuditVerb.CampaignApproved, AuditSubject.Campaign, campaign.Id, campaign.Name,
                ("creative", creative.Name), ("version", Number(creative)));
            await db.NotifyOrganisationAsync(
                campaign.OrganisationId, held ? NotificationKind.CreativeHeld : NotificationKind.VersionApproved, campaign.Id,
                campaign.Name, creative.Name, viewer, now);
        }
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return outcome;
    }

    /// <summary>Rejects a version; the current one keeps running.</summary>
    /// <param name="viewer">An administrator.</param>
    /// <param name="creativeId">The version.</param>
    /// <param name="reason">The reason; cut to 1,000 characters.</param>
    /// <returns>False when the version no longer awaits review, or the user may not decide.</returns>
    /// <exception cref="ArgumentException">The reason is missing.</exception>
    public async Task<bool> RefuseAsync(Viewer viewer, Guid creativeId, string reason)
    {
        if (StorableText.IsBlank(reason)) throw new ArgumentException("A refusal needs a reason.", nameof(reason));
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await WaitingAsync(db, viewer, creativeId) is not { } waiting) return false;
        var (campaign, creative) = waiting;
        var now = clock.GetUtcNow();
        var said = StorableText.Cut(reason.Trim(), Campaign.MaxReason);
        (creative.State, creative.ReviewedAt, creative.RefusalReason) = (CreativeState.Refused, now, said);
        db.Audit(viewer, now, AuditVerb.CampaignRejected, AuditSubject.Campaign, campaign.Id, campaign.Name, ("creative", creative.Name),
            ("version", Number(creative)), ("reason", said));
        await db.NotifyOrganisationAsync(
            campaign.OrganisationId, NotificationKind.VersionRefused, campaign.Id, campaign.Name, said, viewer, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>All versions of a campaign's creatives, newest first; empty for anyone who may not see the campaign.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign.</param>
    public async Task<IReadOnlyList<Creative>> HistoryAsync(Viewer viewer, Guid campaign)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Creatives.IgnoreQueryFilters().AsNoTracking()
            .Where(c => c.CampaignId == campaign && (viewer.IsMediaOwner || c.OrganisationId == viewer.OrganisationId))
            .OrderByDescending(c => c.Version).ThenBy(c => c.CreatedAt).ToListAsync();
    }

    private static async Task<(Campaign Campaign, Creative Creative)?> WaitingAsync(FaceAdDbContext db, Viewer viewer, Guid creativeId)
    {
        if (!viewer.IsMediaOwner || !viewer.CanChange) return null;
        var campaignId = await db.Creatives.IgnoreQueryFilters().Where(c => c.Id == creativeId).Select(c => c.CampaignId)
            .SingleOrDefaultAsync();
        if (campaignId is not { } id || await CreativeVersions.LockAsync(db, viewer, id) is not { } campaign) return null;
        // Read under the lock: another administrator may have decided first.
        var creative = await db.Creatives.IgnoreQueryFilters().SingleAsync(c => c.Id == creativeId);
        return creative.State == CreativeState.Proposed ? (campaign, creative) : null;
    }

    private static string Number(Creative creative) => creative.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
