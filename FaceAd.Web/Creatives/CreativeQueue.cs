using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>An upload claimed by a worker.</summary>
/// <param name="Upload">The upload.</param>
/// <param name="Lease">The worker's lease token.</param>
readonly record struct ClaimedUpload(CreativeUpload Upload, Guid Lease);

/// <summary>
/// Queue of complete uploads, in the database. A worker holds a lease on its upload and renews it; a crashed worker loses it and the next
/// one starts over. Without the lease an upload cannot be finished, so it becomes at most one creative.
/// </summary>
sealed class CreativeQueue(IDbContextFactory<FaceAdDbContext> contexts, IOptions<MediaOptions> options, UploadNews news,
    TimeProvider clock)
{
    /// <summary>Attempts before an upload is assumed to crash its workers.</summary>
    public const int MaxAttempts = 3;

    /// <summary>Claims the oldest upload that is waiting, or whose lease has expired; null when there is none.</summary>
    public async Task<ClaimedUpload?> ClaimAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var (now, lease) = (clock.GetUtcNow(), Guid.NewGuid());
        var until = now + options.Value.Lease;
        var claimed = await db.Set<CreativeUpload>().FromSql($"""
            UPDATE creative_uploads SET state = 2, lease = {lease}, lease_until = {until}, attempts = attempts + 1, percent = 0,
                touched_at = {now}
            WHERE id = (
                SELECT id FROM creative_uploads WHERE state = 1 OR (state = 2 AND lease_until < {now})
                ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        if (claimed is not [var upload]) return null;
        news.Tell(upload.CampaignId, upload.Id);
        return new ClaimedUpload(upload, lease);
    }

    /// <summary>Renews the lease and records the progress.</summary>
    /// <returns>False when the upload was cancelled or claimed by another worker.</returns>
    public async Task<bool> RenewAsync(ClaimedUpload claimed, int percent, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var until = now + options.Value.Lease;
        var held = await Held(db, claimed).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.Percent, percent).SetProperty(u => u.LeaseUntil, until).SetProperty(u => u.TouchedAt, now),
            cancellation);
        news.Tell(claimed.Upload.CampaignId, claimed.Upload.Id);
        return held > 0;
    }

    /// <summary>Returns it to the queue unfinished, because the server is stopping.</summary>
    public async Task ReleaseAsync(ClaimedUpload claimed)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await Held(db, claimed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Queued).SetProperty(u => u.Lease, (Guid?)null)
            .SetProperty(u => u.Attempts, u => u.Attempts - 1));
    }

    /// <summary>Marks it as failed.</summary>
    public async Task FailAsync(ClaimedUpload claimed, CreativeRefusal refusal)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var now = clock.GetUtcNow();
        var held = await Held(db, claimed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Failed).SetProperty(u => u.Failure, refusal).SetProperty(u => u.Lease, (Guid?)null)
            .SetProperty(u => u.TouchedAt, now));
        if (held > 0) await TellSenderAsync(db, claimed.Upload, NotificationKind.CreativeFailed, refusal, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Finishes it: creative, upload and audit entry in one transaction, or nothing when the lease was lost.</summary>
    /// <returns>Null on success; otherwise the reason, or <see cref="CreativeRefusal.Interrupted"/> when another worker has it
    /// now.</returns>
    public async Task<CreativeRefusal?> FinishAsync(ClaimedUpload claimed, TranscodedVideo video, CancellationToken cancellation)
    {
        var upload = claimed.Upload;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = clock.GetUtcNow();
        var sender = new Viewer(upload.OrganisationId, false) { UserId = upload.UserId, Name = upload.UserName };
        Creative Make(Guid? root, int version, CreativeState state) =>
            video.AsCreative(upload.OrganisationId, upload.CampaignId, upload.Name, now, root, version, state);
        Creative creative;
        if (upload.CampaignId is { } campaignId)
        {
            // Locks the campaign first, in the same order as everywhere; it may have been submitted in the meantime.
            if (await CreativeVersions.LockAsync(db, sender, campaignId) is not { } campaign) return CreativeRefusal.CampaignClosed;
            if (await CreativeVersions.AddAsync(db, campaign, upload.ReplacesId, Make, now) is not { } added)
                return CreativeRefusal.CampaignClosed;
            creative = added;
            db.Audit(
                sender, now, AuditVerb.CreativeUploaded, AuditSubject.Campaign, campaign.Id, campaign.Name, ("creative", creative.Name));
            if (creative.State == CreativeState.Proposed)
                await db.NotifyOwnersAsync(NotificationKind.VersionProposed, campaign.Id, campaign.Name, creative.Name, sender, now);
            else await TellSenderAsync(db, upload, NotificationKind.CreativeReady, null, now);
        }
        else
        {
            creative = Make(null, 1, CreativeState.Current);
            db.Add(creative);
            db.Audit(sender, now, AuditVerb.CreativeUploaded, AuditSubject.HouseCreative, creative.Id, creative.Name);
        }
        await db.SaveChangesAsync(cancellation);
        var held = await Held(db, claimed).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.State, UploadState.Done).SetProperty(u => u.Percent, 100).SetProperty(u => u.CreativeId, creative.Id)
                .SetProperty(u => u.Lease, (Guid?)null).SetProperty(u => u.TouchedAt, now),
            cancellation);
        if (held == 0) return CreativeRefusal.Interrupted; // rolled back
        await transaction.CommitAsync(cancellation);
        return null;
    }

    private static Task TellSenderAsync(
        FaceAdDbContext db, CreativeUpload upload, NotificationKind kind, CreativeRefusal? refusal, DateTimeOffset now) =>
        upload is { UserId: { } user, CampaignId: { } campaign }
            ? db.NotifyAsync([user], kind, campaign, upload.Name, refusal?.ToString(), null, now) : Task.CompletedTask;

    private static IQueryable<CreativeUpload> Held(FaceAdDbContext db, ClaimedUpload claimed) =>
        db.Set<CreativeUpload>().Where(u => u.Id == claimed.Upload.Id && u.State == UploadState.Working && u.Lease == claimed.Lease);
}
