using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Creatives;

/// <summary>What an upload announces of itself.</summary>
/// <param name="CampaignId">The campaign it is for; null for the house loop, which administrators fill.</param>
/// <param name="Name">Name of the file as the sender has it.</param>
/// <param name="Bytes">Length of the whole.</param>
/// <param name="ReplacesId">The version that it shall replace; null for a further film.</param>
/// <param name="StillSeconds">Running time of the loop that a still becomes, 1 to 60.</param>
public readonly record struct UploadPlan(Guid? CampaignId, string Name, long Bytes, Guid? ReplacesId = null, double StillSeconds = UploadPlan.UsualStillSeconds)
{
    /// <summary>Running time of a still's loop unless somebody says otherwise, in seconds.</summary>
    public const double UsualStillSeconds = 10;
}

/// <summary>Uploads of films: announced, received in pieces, queued, cancelled, tried again. Whose an upload is stands in every query.</summary>
public sealed class CreativeUploads
{
    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly UploadFolder _folder;
    private readonly MediaOptions _options;
    private readonly TimeProvider _clock;

    internal CreativeUploads(IDbContextFactory<FaceAdDbContext> contexts, UploadFolder folder, IOptions<MediaOptions> options, UploadNews news, TimeProvider clock)
    {
        (_contexts, _folder, _options, News, _clock) = (contexts, folder, options.Value, news, clock);
    }

    /// <summary>Raised when the queue has got something; a worker need not wait for its next look.</summary>
    internal event Action? Queued;

    /// <summary>Raised when somebody cancelled an upload that a worker may have in hand.</summary>
    internal event Action<Guid>? Cancelled;

    internal UploadNews News { get; }

    /// <summary>Announces an upload.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="plan">What it will be.</param>
    /// <returns>The upload, or why it may not begin.</returns>
    public async Task<(CreativeUpload? Upload, CreativeRefusal? Refusal)> BeginAsync(Viewer viewer, UploadPlan plan)
    {
        if (!viewer.CanChange) return (null, CreativeRefusal.CampaignClosed);
        if (plan.Bytes > _options.MaxUploadBytes) return (null, CreativeRefusal.TooLarge);
        if (plan.Bytes <= 0) return (null, CreativeRefusal.NotAFilm);
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
            StillSeconds = double.IsFinite(plan.StillSeconds) ? Math.Clamp(plan.StillSeconds, Film.MinSeconds, 60) : UploadPlan.UsualStillSeconds,
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

    /// <summary>One upload; null when there is none that the viewer may see.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The upload.</param>
    public async Task<CreativeUpload?> FindAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        return await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id);
    }

    /// <summary>Uploads of a campaign, or of the house loop, that have not become films: open ones, and failures of the last day; newest last.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="campaign">The campaign; null for the house loop.</param>
    public async Task<IReadOnlyList<CreativeUpload>> ListAsync(Viewer viewer, Guid? campaign)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        var recent = _clock.GetUtcNow().AddDays(-1);
        return await Visible(db, viewer).AsNoTracking()
            .Where(u => u.CampaignId == campaign && (u.State <= UploadState.Working || (u.State == UploadState.Failed && u.TouchedAt > recent)))
            .OrderBy(u => u.CreatedAt).ThenBy(u => u.Id).ToListAsync();
    }

    /// <summary>How much of an upload has arrived, in bytes; what is on disk counts. Null when it is not being received any more.</summary>
    /// <param name="upload">The upload.</param>
    public long? Arrived(CreativeUpload upload) => upload.State == UploadState.Receiving ? _folder.Arrived(upload.Id) : null;

    /// <summary>Says that an upload is alive, and queues it when all of it has arrived.</summary>
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
            Queued?.Invoke();
        }
        News.Tell(upload.CampaignId, upload.Id);
    }

    /// <summary>Cancels an upload, whether it is arriving, waiting or being worked on, or takes a failed one off the list.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The upload.</param>
    /// <returns>False when there is no such upload for this viewer, or it is over.</returns>
    public async Task<bool> CancelAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        if (!viewer.CanChange || await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id) is not { } upload) return false;
        var now = _clock.GetUtcNow();
        var cancelled = await db.Set<CreativeUpload>().Where(u => u.Id == id && (u.State <= UploadState.Working || u.State == UploadState.Failed))
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.State, UploadState.Cancelled).SetProperty(u => u.TouchedAt, now).SetProperty(u => u.Lease, (Guid?)null));
        if (cancelled == 0) return false;
        Cancelled?.Invoke(id);
        File.Delete(_folder.PartOf(id));
        News.Tell(upload.CampaignId, id);
        return true;
    }

    /// <summary>Puts a failed upload into the queue again, where that may help and its bytes are still here.</summary>
    /// <param name="viewer">Who tries again.</param>
    /// <param name="id">The upload.</param>
    /// <returns>False when it can not be tried again.</returns>
    public async Task<bool> RetryAsync(Viewer viewer, Guid id)
    {
        await using var db = await _contexts.CreateDbContextAsync();
        if (!viewer.CanChange) return false;
        if (await Visible(db, viewer).AsNoTracking().SingleOrDefaultAsync(u => u.Id == id) is not { MayRetry: true } upload || _folder.Arrived(id) != upload.Bytes) return false;
        var now = _clock.GetUtcNow();
        var queued = await db.Set<CreativeUpload>().Where(u => u.Id == id && u.State == UploadState.Failed).ExecuteUpdateAsync(s => s
            .SetProperty(u => u.State, UploadState.Queued).SetProperty(u => u.Failure, (CreativeRefusal?)null).SetProperty(u => u.Percent, 0)
            .SetProperty(u => u.Attempts, 0).SetProperty(u => u.TouchedAt, now));
        if (queued == 0) return false;
        Queued?.Invoke();
        News.Tell(upload.CampaignId, id);
        return true;
    }

    /// <summary>Waits until an upload is over, and hears each step on the way.</summary>
    /// <param name="viewer">The acting user.</param>
    /// <param name="id">The upload.</param>
    /// <param name="step">Hears the upload each time it has moved.</param>
    /// <param name="cancellation">Stops waiting; the upload goes on.</param>
    /// <returns>The upload as it ended; null when it has gone.</returns>
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
            // A worker deletes what arrived after it has committed; whoever waits sees a clean end.
            if (upload is null || (!upload.IsOpen && (upload.MayRetry || _folder.Arrived(id) is null))) return upload;
            if (step is not null) await step(upload);
            await moved.WaitAsync(TimeSpan.FromSeconds(upload.IsOpen ? 2 : 0.05), cancellation);
        }
    }

    /// <summary>Whose the film will be; null when there is no such place for this viewer now.</summary>
    private static async Task<Guid?> OwnerAsync(FaceAdDbContext db, Viewer viewer, UploadPlan plan)
    {
        if (plan.CampaignId is null) return viewer.IsAdmin && plan.ReplacesId is null ? viewer.OrganisationId : null;
        var campaign = await db.Campaigns.AsNoTracking()
            .SingleOrDefaultAsync(c => c.Id == plan.CampaignId && c.DeletedAt == null && (viewer.IsAdmin || c.OrganisationId == viewer.OrganisationId));
        if (campaign is null || CreativeVersions.PlaceIn(campaign.State) is null) return null;
        return plan.ReplacesId is not { } old || await db.Creatives.IgnoreQueryFilters().AnyAsync(c => c.Id == old && c.CampaignId == campaign.Id)
            ? campaign.OrganisationId : null;
    }

    /// <summary>Whether an organisation has room; counted under a lock, so that two uploads do not take the same room.</summary>
    private async Task<CreativeRefusal?> CrowdedAsync(FaceAdDbContext db, Guid organisation, long bytes)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('creative-uploads:' || {organisation}::text, 0))");
        var open = await db.Set<CreativeUpload>().Where(u => u.OrganisationId == organisation && u.State <= UploadState.Working)
            .GroupBy(_ => 1).Select(g => new { Count = g.Count(), Bytes = g.Sum(u => u.Bytes) }).SingleOrDefaultAsync();
        if (open is not null && (open.Count >= _options.UnfinishedUploads || open.Bytes + bytes > _options.UnfinishedBytes)) return CreativeRefusal.UnfinishedFull;
        var stored = await db.Creatives.IgnoreQueryFilters().Where(c => c.OrganisationId == organisation).SumAsync(c => c.Bytes);
        return stored >= _options.OrganisationBytes ? CreativeRefusal.QuotaFull : null;
    }

    private static IQueryable<CreativeUpload> Visible(FaceAdDbContext db, Viewer viewer) =>
        db.Set<CreativeUpload>().Where(u => viewer.IsAdmin || u.OrganisationId == viewer.OrganisationId);

    /// <summary>A file name as a name for people: no folders, no extension, no control characters.</summary>
    internal static string Tidy(string name)
    {
        var bare = Path.GetFileNameWithoutExtension(name.Replace('\\', '/'));
        var clean = new string([.. bare.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]).Trim();
        return clean.Length == 0 ? "film" : clean.Length > 120 ? clean[..120] : clean;
    }
}
