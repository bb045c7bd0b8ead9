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

/// <summary>An upload that a worker has taken.</summary>
/// <param name="Upload">The upload.</param>
/// <param name="Lease">The worker's token.</param>
readonly record struct ClaimedUpload(CreativeUpload Upload, Guid Lease);

/// <summary>
/// The queue of uploads that became whole, in the database. A worker holds what it works on by a token that it renews; a worker that died
/// loses it, and the next one begins anew. Whoever lost the token can not finish, so a film appears once.
/// </summary>
sealed class CreativeQueue(IDbContextFactory<FaceAdDbContext> contexts, IOptions<MediaOptions> options, UploadNews news, CampaignNews campaigns, TimeProvider clock)
{
    /// <summary>How often a film may see its worker die before it is taken for the cause.</summary>
    public const int MaxAttempts = 3;

    /// <summary>Takes the oldest upload that waits, or whose worker has died; null when there is none.</summary>
    public async Task<ClaimedUpload?> ClaimAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var (now, lease) = (clock.GetUtcNow(), Guid.NewGuid());
        var until = now + options.Value.Lease;
        var claimed = await db.Set<CreativeUpload>().FromSql($"""
            UPDATE creative_uploads SET state = 2, lease = {lease}, lease_until = {until}, attempts = attempts + 1, percent = 0, touched_at = {now}
            WHERE id = (
                SELECT id FROM creative_uploads WHERE state = 1 OR (state = 2 AND lease_until < {now})
                ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        if (claimed is not [var upload]) return null;
        news.Tell(upload.CampaignId, upload.Id);
        return new ClaimedUpload(upload, lease);
    }

    /// <summary>Says that the worker lives, and how far it is.</summary>
    /// <returns>False when the upload was cancelled or taken by another.</returns>
    public async Task<bool> RenewAsync(ClaimedUpload claimed, int percent, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var now = clock.GetUtcNow();
        var until = now + options.Value.Lease;
        var held = await Held(db, claimed).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.Percent, percent).SetProperty(u => u.LeaseUntil, until).SetProperty(u => u.TouchedAt, now), cancellation);
        news.Tell(claimed.Upload.CampaignId, claimed.Upload.Id);
        return held > 0;
    }

    /// <summary>Gives it back unfinished, because the server is being stopped.</summary>
    public async Task ReleaseAsync(ClaimedUpload claimed)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await Held(db, claimed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Queued).SetProperty(u => u.Lease, (Guid?)null).SetProperty(u => u.Attempts, u => u.Attempts - 1));
    }

    /// <summary>Ends it without a film.</summary>
    public async Task FailAsync(ClaimedUpload claimed, CreativeRefusal refusal)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var now = clock.GetUtcNow();
        var held = await Held(db, claimed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Failed).SetProperty(u => u.Failure, refusal).SetProperty(u => u.Lease, (Guid?)null).SetProperty(u => u.TouchedAt, now));
        if (held > 0) await TellSenderAsync(db, claimed.Upload, NotificationKind.FilmFailed, refusal, now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        campaigns.Tell();
    }

    /// <summary>Ends it with a film: film, upload and log in one transaction, or nothing when the token was lost.</summary>
    /// <returns>Null when the film is in; else why not, or <see cref="CreativeRefusal.Interrupted"/> when another worker has it now.</returns>
    public async Task<CreativeRefusal?> FinishAsync(ClaimedUpload claimed, MadeFilm film, CancellationToken cancellation)
    {
        var upload = claimed.Upload;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = clock.GetUtcNow();
        var sender = new Viewer(upload.OrganisationId, false) { UserId = upload.UserId, Name = upload.UserName };
        Creative Make(Guid? root, int version, CreativeState state) => film.AsCreative(upload.OrganisationId, upload.CampaignId, upload.Name, now, root, version, state);
        Creative creative;
        if (upload.CampaignId is { } campaignId)
        {
            // The campaign first, as everybody else does; it may have been handed in meanwhile.
            if (await CreativeVersions.LockAsync(db, sender, campaignId) is not { } campaign) return CreativeRefusal.CampaignClosed;
            if (await CreativeVersions.AddAsync(db, campaign, upload.ReplacesId, Make, now) is not { } added) return CreativeRefusal.CampaignClosed;
            creative = added;
            db.Audit(sender, now, AuditVerb.FilmUploaded, AuditSubject.Campaign, campaign.Id, campaign.Name, ("film", creative.Name));
            if (creative.State == CreativeState.Proposed) await db.NotifyOwnersAsync(NotificationKind.VersionProposed, campaign.Id, campaign.Name, creative.Name, sender, now);
            else await TellSenderAsync(db, upload, NotificationKind.FilmReady, null, now);
        }
        else
        {
            creative = Make(null, 1, CreativeState.Current);
            db.Add(creative);
            db.Audit(sender, now, AuditVerb.FilmUploaded, AuditSubject.HouseFilm, creative.Id, creative.Name);
        }
        await db.SaveChangesAsync(cancellation);
        var held = await Held(db, claimed).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.State, UploadState.Done).SetProperty(u => u.Percent, 100).SetProperty(u => u.CreativeId, creative.Id)
                .SetProperty(u => u.Lease, (Guid?)null).SetProperty(u => u.TouchedAt, now),
            cancellation);
        if (held == 0) return CreativeRefusal.Interrupted; // rolled back
        await transaction.CommitAsync(cancellation);
        campaigns.Tell();
        return null;
    }

    private static Task TellSenderAsync(FaceAdDbContext db, CreativeUpload upload, NotificationKind kind, CreativeRefusal? refusal, DateTimeOffset now) =>
        upload is { UserId: { } user, CampaignId: { } campaign } ? db.NotifyAsync([user], kind, campaign, upload.Name, refusal?.ToString(), null, now) : Task.CompletedTask;

    private static IQueryable<CreativeUpload> Held(FaceAdDbContext db, ClaimedUpload claimed) =>
        db.Set<CreativeUpload>().Where(u => u.Id == claimed.Upload.Id && u.State == UploadState.Working && u.Lease == claimed.Lease);
}
