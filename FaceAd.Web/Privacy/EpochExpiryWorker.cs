using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Privacy;

/// <summary>
/// Destroys the person records of epochs that are over, and on demand those of a site; then wipes them from this process's memory. What
/// another node destroyed is wiped here too, within a minute.
/// </summary>
sealed class EpochExpiryWorker(
    IDbContextFactory<FaceAdDbContext> contexts, EpochEraser erasure, PersonRecogniser recogniser, PrivacyTerms terms, TimeProvider time,
    ILogger<EpochExpiryWorker> log)
    : BackgroundService
{
    // From one epoch of persons to the next along their index: a scan of all persons is too much for each minute.
    private const string Epochs = """
        WITH RECURSIVE found AS (
            (SELECT site_id, epoch FROM persons ORDER BY site_id, epoch LIMIT 1)
            UNION ALL
            SELECT next.site_id, next.epoch FROM found f CROSS JOIN LATERAL (
                SELECT p.site_id, p.epoch FROM persons p WHERE (p.site_id, p.epoch) > (f.site_id, f.epoch)
                ORDER BY p.site_id, p.epoch LIMIT 1) AS next)
        SELECT site_id, epoch FROM found UNION SELECT site_id, epoch FROM epoch_keys
        """;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Told with a site after this node has destroyed people there; of other nodes' there are <see cref="NewsHeard"/>.</summary>
    public Subscribers<Guid> Erased { get; } = new("erased people", log);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not end expired epochs ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>
    /// Destroys all person records of a site now, the running epoch included, which goes on with a new key and counts everyone as new.
    /// </summary>
    /// <returns>What was destroyed, by epoch.</returns>
    public async Task<IReadOnlyList<ErasureRecord>> EraseSiteAsync(Guid siteId, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        List<ErasureRecord> endings = [];
        foreach (var epoch in (await FindEpochsAsync(db, cancellation)).Where(e => e.SiteId == siteId))
        {
            if (await EraseAsync(siteId, epoch.Epoch, EpochEndReason.Erased, cancellation) is { } ending) endings.Add(ending);
        }
        await recogniser.DropAsync(siteId);
        await SweepAsync(cancellation);
        return endings;
    }

    /// <summary>Ends expired epochs, frees their space, and wipes what other nodes destroyed from memory.</summary>
    /// <returns>The epochs that were ended.</returns>
    internal async Task<IReadOnlyList<ErasureRecord>> RunCycleAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        List<ErasureRecord> endings = [];
        var epochs = await FindEpochsAsync(db, cancellation);
        var sites = epochs.Select(e => e.SiteId).Distinct().ToArray();
        var calendars = (await db.Sites.Where(s => sites.Contains(s.Id)).Select(s => new { s.Id, s.TimeZone, s.EpochAnchor })
            .ToListAsync(cancellation)).ToDictionary(s => s.Id, s => new SiteCalendar(s.TimeZone, s.EpochAnchor));
        foreach (var (siteId, epoch) in epochs)
        {
            if (time.GetUtcNow() < terms.EndOf(calendars[siteId], epoch)) continue;
            try
            {
                if (await EraseAsync(siteId, epoch, EpochEndReason.Ended, cancellation) is { } ending) endings.Add(ending);
            }
            catch (NpgsqlException exception)
            {
                // Continue with the other sites.
                log.LogWarning("Could not end epoch {Epoch} at site {SiteId} ({Reason}); will retry", epoch, siteId, exception.Message);
            }
        }
        await SweepAsync(cancellation);
        await recogniser.KeepOnlyAsync((await db.EpochKeys.AsNoTracking().Select(k => k.Id).ToListAsync(cancellation)).ToHashSet());
        return endings;
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        try
        {
            await erasure.SweepAsync(cancellation);
        }
        catch (NpgsqlException exception)
        {
            log.LogWarning("Could not free the space of destroyed person records ({Reason}); will retry", exception.Message);
        }
    }

    private async Task<ErasureRecord?> EraseAsync(Guid siteId, int epoch, EpochEndReason reason, CancellationToken cancellation)
    {
        var ending = await erasure.EraseAsync(siteId, epoch, reason, cancellation);
        await recogniser.DropAsync(siteId, epoch);
        if (ending is null) return null;
        Erased.Tell(siteId);
        log.LogInformation(
            "Epoch {Epoch} at site {SiteId}: {Count} person records destroyed ({Reason})", epoch, siteId, ending.Persons, reason);
        return ending;
    }

    private static async Task<List<(Guid SiteId, int Epoch)>> FindEpochsAsync(FaceAdDbContext db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        var epochs = await ((NpgsqlConnection)db.Database.GetDbConnection()).QueryAsync(
            Epochs, [], r => (r.GetGuid(0), r.GetInt32(1)), cancellation);
        await db.Database.CloseConnectionAsync(); // nobody holds one and waits for another
        return [.. epochs.Order()];
    }
}
