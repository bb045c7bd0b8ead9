using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives.Uploads;

/// <summary>Parameters of a new upload.</summary>
/// <param name="CampaignId">The campaign it is for; null for the house loop, which administrators manage.</param>
/// <param name="Name">The sender's file name.</param>
/// <param name="Bytes">Total length in bytes.</param>
/// <param name="ReplacesId">The version it is to replace; null for an additional creative.</param>
/// <param name="StillSeconds">Duration of the loop that a still image becomes, 1 to 60 s.</param>
readonly record struct UploadPlan(
    Guid? CampaignId, string Name, long Bytes, Guid? ReplacesId = null, double StillSeconds = UploadPlan.UsualStillSeconds)
{
    /// <summary>Default duration of a still image's loop, in seconds.</summary>
    public const double UsualStillSeconds = 10;
}

/// <summary>Uploads: created, received in chunks, queued, cancelled, retried. Every query filters by ownership.</summary>
sealed class CreativeUploads
{
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly UploadFolder _folder;
    private readonly StorageCheck _storage;
    private readonly MediaOptions _options;
    private readonly TimeProvider _clock;

    internal CreativeUploads(
        IDbContextFactory<FaceAdDbContext> contexts, UploadFolder folder, StorageCheck storage, IOptions<MediaOptions> options,
        UploadNews news, TimeProvider clock, ILogger<CreativeUploads> log)
    {
        (Queued, Cancelled) = (new("queued uploads", log), new("cancelled upload", log));
        (_contexts, _folder, _storage, _options, News, _clock) = (contexts, folder, storage, options.Value, news, clock);
    }

    /// <summary>Told when an upload was queued, so that a worker need not wait for its next poll.</summary>
    internal Subscribers<ValueTuple> Queued { get; }

    /// <summary>Told when an upload was cancelled that a worker may be processing.</summary>
    internal Subscribers<Guid> Cancelled { get; }

    internal UploadNews News { get; }

    /// <summary>Whether the disk is too full to receive anything.</summary>
    internal bool IsDiskFull => _storage.IsShort;

    /// <summary>Starts an upload.</summary>
    /// <param name="viewer">The uploading user.</param>
    /// <param name="plan">What will be uploaded.</param>
    /// <returns>The upload, or why it was refused.</returns>
    public async Task<(CreativeUpload? Upload, CreativeRefusal? Refusal)> BeginAsync(Viewer viewer, UploadPlan plan)
    {
        if (!viewer.CanChange) return (null, CreativeRefusal.CampaignClosed);
        if (plan.Bytes > _options.MaxUploadBytes) return (null, CreativeRefusal.TooLarge);
        if (plan.Bytes <= 0) return (null, CreativeRefusal.NotAMediaFile);
        if (IsDiskFull) return (null, CreativeRefusal.ServerTrouble);
        await using var db = await _contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await OwnerAsync(db, viewer, plan) is not { } owner) return (null, CreativeRefusal.CampaignClosed);
        if (await CrowdedAsync(db, owner, plan.Bytes) is { } full) return (null, full);
        var now = _clock.GetUtcNow();
        var upload = new CreativeUpload
        {
            OrganisationId = owner,
            CampaignId = plan.CampaignId,
            ReplacesId = plan.ReplacesId,
            UserId = viewer.UserId,
            UserName = viewer.Name,
            Name = Tidy(plan.Name),
            Bytes = plan.Bytes,
            StillSeconds = double.IsFinite(plan.StillSeconds)
                ? Math.Clamp(plan.StillSeconds, VideoProperties.MinSeconds, 60) : UploadPlan.UsualStillSeconds,
            CreatedAt = now,
            TouchedAt = now,
        };
        db.Add(upload);
        await db.SaveChangesAsync();
        await File.Create(_folder.PartOf(upload.Id)).DisposeAsync();
        await transaction.CommitAsync();
        News.Tell(upload.CampaignId, upload.Id);
        return (upload, null);
    }

    /// <summary>One upload; null when there is none that the user may see.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The upload.</param>
    public async Task<CreativeUpload?> FindAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        return await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id);
    }

    /// <summary>
    /// Uploads for a campaign or the house loop that are not creatives yet: open ones, and failures of the last day; newest last.
    /// </summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign; null for the house loop.</param>
    public async Task<IReadOnlyList<CreativeUpload>> ListAsync(Viewer viewer, Guid? campaign)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        var recent = _clock.GetUtcNow().AddDays(-1);
        return await Visible(db, viewer).AsNoTracking()
            .Where(u =>
                u.CampaignId == campaign && (u.State <= UploadState.Working || (u.State == UploadState.Failed && u.TouchedAt > recent)))
            .OrderBy(u => u.CreatedAt).ThenBy(u => u.Id).ToListAsync();
    }

    /// <summary>Bytes received so far, by the file on disk. Null when the upload is no longer being received.</summary>
    public long? Arrived(CreativeUpload upload) => upload.State == UploadState.Receiving ? _folder.Arrived(upload.Id) : null;

    /// <summary>Records progress of an upload, and queues it when it is complete.</summary>
    internal async Task ArrivedAsync(CreativeUpload upload, long bytes)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        var now = _clock.GetUtcNow();
        var open = db.Set<CreativeUpload>().Where(u => u.Id == upload.Id && u.State == UploadState.Receiving);
        if (bytes < upload.Bytes)
        {
            await open.ExecuteUpdateAsync(s => s.SetProperty(u => u.TouchedAt, now));
        }
        else if (await open.ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Queued).SetProperty(u => u.TouchedAt, now)) > 0)
        {
            Queued.Tell(default);
        }
        News.Tell(upload.CampaignId, upload.Id);
    }

    /// <summary>Cancels an upload in any open state, or removes a failed one from the list.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The upload.</param>
    /// <returns>False when this user sees no such upload, or it has ended.</returns>
    public async Task<bool> CancelAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        if (!viewer.CanChange || await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id) is not { } upload)
            return false;
        var now = _clock.GetUtcNow();
        var cancelled = await db.Set<CreativeUpload>()
            .Where(u => u.Id == id && (u.State <= UploadState.Working || u.State == UploadState.Failed))
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Cancelled).SetProperty(u => u.TouchedAt, now)
                .SetProperty(u => u.Lease, (Guid?)null));
        if (cancelled == 0) return false;
        Cancelled.Tell(id);
        File.Delete(_folder.PartOf(id));
        News.Tell(upload.CampaignId, id);
        return true;
    }

    /// <summary>Queues a failed upload again, if a retry may help and its bytes are still stored.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The upload.</param>
    /// <returns>False when it cannot be retried.</returns>
    public async Task<bool> RetryAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        if (!viewer.CanChange) return false;
        if (await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id) is not { MayRetry: true } upload
            || _folder.Arrived(id) != upload.Bytes) return false;
        var now = _clock.GetUtcNow();
        var queued = await db.Set<CreativeUpload>().Where(u => u.Id == id && u.State == UploadState.Failed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Queued).SetProperty(u => u.Failure, (CreativeRefusal?)null)
            .SetProperty(u => u.Percent, 0)
            .SetProperty(u => u.Attempts, 0).SetProperty(u => u.TouchedAt, now));
        if (queued == 0) return false;
        Queued.Tell(default);
        News.Tell(upload.CampaignId, id);
        return true;
    }

    /// <summary>Waits until an upload ends, reporting each step.</summary>
    /// <param name="viewer">The waiting user.</param>
    /// <param name="id">The upload.</param>
    /// <param name="step">Receives the upload after each change.</param>
    /// <param name="cancellation">Stops waiting; the upload continues.</param>
    /// <returns>The upload in its final state; null when it no longer exists.</returns>
    public async Task<CreativeUpload?> EndOfAsync(Viewer viewer, Guid id, Func<CreativeUpload, Task>? step, CancellationToken cancellation)
    {
        using var moved = new SemaphoreSlim(0);
        using var news = News.Subscribe((_, which) =>
        {
            if (which == id && moved.CurrentCount == 0) moved.Release();
        });
        while (true)
        {
            var upload = await FindAsync(viewer, id);
            // A worker deletes the partial file after its commit; wait for that too, so that callers see a clean end.
            if (upload is null || (!upload.IsOpen && (upload.MayRetry || _folder.Arrived(id) is null))) return upload;
            if (step is not null) await step(upload);
            await moved.WaitAsync(TimeSpan.FromSeconds(upload.IsOpen ? 2 : 0.05), cancellation);
        }
    }

    /// <summary>The owner of the resulting creative; null when this user may not upload there now.</summary>
    private static async Task<Guid?> OwnerAsync(FaceAdDbContext db, Viewer viewer, UploadPlan plan)
    {
        if (plan.CampaignId is null) return viewer.IsMediaOwner && plan.ReplacesId is null ? viewer.OrganisationId : null;
        var campaign = await db.Campaigns.AsNoTracking()
            .SingleOrDefaultAsync(c => c.Id == plan.CampaignId && c.DeletedAt == null
                && (viewer.IsMediaOwner || c.OrganisationId == viewer.OrganisationId));
        if (campaign is null || CreativeVersions.PlaceIn(campaign.State) is null) return null;
        return plan.ReplacesId is not { } old || await db.Creatives.IgnoreQueryFilters()
            .AnyAsync(c => c.Id == old && c.CampaignId == campaign.Id)
            ? campaign.OrganisationId : null;
    }

    /// <summary>Checks an organisation's quotas; counted under a lock, so that concurrent uploads cannot both use the same space.</summary>
    private async Task<CreativeRefusal?> CrowdedAsync(FaceAdDbContext db, Guid organisation, long bytes)
    {
        await db.Database.ExecuteSqlAsync(
            $"SELECT pg_advisory_xact_lock(hashtextextended('creative-uploads:' || {organisation}::text, 0))");
        var open = await db.Set<CreativeUpload>().Where(u => u.OrganisationId == organisation && u.State <= UploadState.Working)
            .GroupBy(_ => 1).Select(g => new { Count = g.Count(), Bytes = g.Sum(u => u.Bytes) }).SingleOrDefaultAsync();
        if (open is not null && (open.Count >= _options.UnfinishedUploads || open.Bytes + bytes > _options.UnfinishedBytes))
            return CreativeRefusal.UnfinishedFull;
        var stored = await db.Creatives.IgnoreQueryFilters().Where(c => c.OrganisationId == organisation).SumAsync(c => c.Bytes);
        return stored >= _options.OrganisationBytes ? CreativeRefusal.QuotaFull : null;
    }

    private static IQueryable<CreativeUpload> Visible(FaceAdDbContext db, Viewer viewer) =>
        db.Set<CreativeUpload>().Where(u => viewer.IsMediaOwner || u.OrganisationId == viewer.OrganisationId);

    /// <summary>Turns a file name into a display name: no folders, no extension, no control characters.</summary>
    internal static string Tidy(string name)
    {
        var bare = Path.GetFileNameWithoutExtension(name.Replace('\\', '/'));
        var clean = StorableText.Of(string.Concat(bare.Where(c => !char.IsControl(c)))).Trim();
        return StorableText.IsBlank(clean) ? "video" : StorableText.Cut(clean, 120).Trim();
    }
}
