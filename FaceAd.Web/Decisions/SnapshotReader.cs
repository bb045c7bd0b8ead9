using System.Data;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>
/// Keeps the <see cref="DecisionSnapshot"/> at most a second behind the database. A round reads the campaigns that
/// <see cref="CampaignChanges"/> tells of; all of them are read at the start, when the day changes, after a failure, and every five minutes
/// to see that nothing was missed.
/// </summary>
sealed class SnapshotReader(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, PacingKeeper pacing, TimeProvider time, ILogger<SnapshotReader> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim _reading = new(1, 1); // guards what follows
    private volatile DecisionSnapshot _current = DecisionSnapshot.Empty;
    private ChangeMark? _mark; // null: everything is to be read
    private ChangeMark? _deleteBefore;
    private DateOnly _today;
    private long _lastRound;

    /// <summary>The newest snapshot.</summary>
    public DecisionSnapshot Current => _current;

    /// <summary>When its loop last went round, whether or not the database answered: a timestamp; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>A campaign of the newest snapshot; null when it is not in it.</summary>
    /// <param name="id">The campaign.</param>
    public SnapshotCampaign? Find(Guid id)
    {
        var campaigns = _current.Campaigns;
        var (from, to) = (0, campaigns.Count - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var order = campaigns[middle].Id.CompareTo(id);
            if (order == 0) return campaigns[middle];
            (from, to) = order < 0 ? (middle + 1, to) : (from, middle - 1);
        }
        return null;
    }

    /// <summary>Reads what has changed.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            var mark = await ReadAsync(db, cancellation);
            _deleteBefore = await CampaignChanges.DeleteAsync(ConnectionOf(db), _deleteBefore ?? mark, mark, cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Reads what has changed, then everything at the same instant, which must be the same.</summary>
    /// <returns>Whether it was.</returns>
    internal async Task<bool> CheckAsync(CancellationToken cancellation = default)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            await using var instant = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            await ReadAsync(db, cancellation);
            var settled = pacing.Book.BeginCount();
            var all = await ReadAllAsync(db, _current.TakenAt, cancellation);
            var missed = SnapshotDifference.Of(_current, all);
            if (missed.Count > 0)
                log.LogError("Changes were missed of {Count} campaigns, {Campaigns} among them", missed.Count, missed.Take(3));
            _current = all;
            pacing.Take(all, settled);
            return missed.Count == 0;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<ChangeMark> ReadAsync(FaceAdDbContext db, CancellationToken cancellation)
    {
        var (now, before, since, settled) = (time.GetUtcNow(), _current, _mark, pacing.Book.BeginCount());
        _mark = null; // after a failure everything is read: it may be another database that answers then
        await db.Database.OpenConnectionAsync(cancellation);
        // Some site may still be in yesterday, another in tomorrow: the site's own days are checked at each decision.
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var (mark, changed) = await CampaignChanges.ReadAsync(ConnectionOf(db), since, cancellation);
        _current = changed is null || today != _today ? await ReadAllAsync(db, now, cancellation)
            : changed.Count == 0 ? before with { TakenAt = now }
            : new DecisionSnapshot(
                now, Merge(before.Campaigns, changed, await ReadCampaignsAsync(db, now, [.. changed], cancellation)),
                changed.Contains(CampaignChanges.HouseLoop) ? await ReadHouseLoopAsync(db, cancellation) : before.HouseLoop);
        (_mark, _today) = (mark, today);
        pacing.Take(_current, settled);
        return mark;
    }

    private static NpgsqlConnection ConnectionOf(FaceAdDbContext db) => (NpgsqlConnection)db.Database.GetDbConnection();

    private static async Task<DecisionSnapshot> ReadAllAsync(FaceAdDbContext db, DateTimeOffset now, CancellationToken cancellation) =>
        new(now, await ReadCampaignsAsync(db, now, null, cancellation), await ReadHouseLoopAsync(db, cancellation));

    // Both are in order of their identities.
    private static List<SnapshotCampaign> Merge(
        IReadOnlyList<SnapshotCampaign> before, HashSet<Guid> changed, List<SnapshotCampaign> read)
    {
        List<SnapshotCampaign> merged = new(before.Count + read.Count);
        var next = 0;
        foreach (var campaign in before)
        {
            if (changed.Contains(campaign.Id)) continue;
            while (next < read.Count && read[next].Id.CompareTo(campaign.Id) < 0) merged.Add(read[next++]);
            merged.Add(campaign);
        }
        merged.AddRange(read.Skip(next));
        return merged;
    }

    // One query for campaigns that can run; their totals are kept, not counted.
    private static async Task<List<SnapshotCampaign>> ReadCampaignsAsync(
        FaceAdDbContext db, DateTimeOffset now, Guid[]? only, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var campaigns = (await (only is null ? db.Campaigns : db.Campaigns.Where(c => only.Contains(c.Id))).AsNoTracking()
            .Where(c => c.State == CampaignState.Approved && c.DeletedAt == null && c.EndsOn >= today.AddDays(-1)
                && c.StartsOn <= today.AddDays(2) && c.Creatives.Any())
            .Include(c => c.Total).Include(c => c.Creatives.OrderBy(x => x.CreatedAt).ThenBy(x => x.Id)).OrderBy(c => c.Id)
            .AsSplitQuery()
            .ToListAsync(cancellation)).ConvertAll(SnapshotCampaigns.Of);
        await CountTurnsAsync(db, campaigns, cancellation);
        await TakeExperimentsAsync(db, campaigns, cancellation);
        return campaigns;
    }

    private static Task<List<SnapshotCreative>> ReadHouseLoopAsync(FaceAdDbContext db, CancellationToken cancellation) =>
        db.Creatives.AsNoTracking().Where(c => c.CampaignId == null).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id)
            .Select(c => new SnapshotCreative(c.Id, c.Name, c.Sha256, c.Bytes, c.Seconds)).ToListAsync(cancellation);

    // Only creatives that share a campaign take turns.
    private static async Task CountTurnsAsync(FaceAdDbContext db, List<SnapshotCampaign> campaigns, CancellationToken cancellation)
    {
        Guid[] sharing = [.. campaigns.Where(c => c.Creatives.Count > 1).SelectMany(c => c.Creatives).Select(c => c.Id)];
        if (sharing.Length == 0) return;
        // A creative's versions have one turn together: a new one does not make up for the plays of the old one.
        var plays = await (
            from current in db.Creatives.IgnoreQueryFilters().AsNoTracking()
            where sharing.Contains(current.Id)
            join version in db.Creatives on current.LineId equals version.LineId
            join total in db.Set<CreativeTotal>() on version.Id equals total.CreativeId
            group total.Plays by current.Id into creatives
            select new { creatives.Key, Plays = creatives.Sum() }).ToDictionaryAsync(f => f.Key, f => f.Plays, cancellation);
        for (var i = 0; i < campaigns.Count; i++)
        {
            if (campaigns[i].Creatives.Count > 1)
            {
                campaigns[i] = campaigns[i] with
                {
                    Creatives = [.. campaigns[i].Creatives.Select(c => c with { Plays = plays.GetValueOrDefault(c.Id) })],
                };
            }
        }
    }

    // The newest experiment with the creatives as they are: while it runs, they are its arms; a winner may have all plays.
    private static async Task TakeExperimentsAsync(FaceAdDbContext db, List<SnapshotCampaign> campaigns, CancellationToken cancellation)
    {
        Guid[] sharing = [.. campaigns.Where(c => c.Creatives.Count > 1).Select(c => c.Id)];
        if (sharing.Length == 0) return;
        var newest = (await db.Set<Experiment>().AsNoTracking().Where(e => sharing.Contains(e.CampaignId)).OrderBy(e => e.StartedAt)
            .ToListAsync(cancellation)).GroupBy(e => e.CampaignId).ToDictionary(e => e.Key, e => e.Last());
        if (newest.Count == 0) return;
        for (var i = 0; i < campaigns.Count; i++)
        {
            if (!newest.TryGetValue(campaigns[i].Id, out var experiment) || !experiment.Decides(campaigns[i].Creatives.Select(c => c.Id)))
                continue;
            campaigns[i] = experiment.EndedAt is null ? campaigns[i] with { ExperimentId = experiment.Id }
                : campaigns[i] with { Creatives = [.. campaigns[i].Creatives.Where(c => c.Id == experiment.WinnerId)] };
        }
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var checkedAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
            try
            {
                if (time.GetElapsedTime(checkedAt) < CheckPeriod) await RefreshAsync(stoppingToken);
                else
                {
                    await CheckAsync(stoppingToken);
                    checkedAt = time.GetTimestamp();
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Campaigns could not be read ({Reason}); decisions go on from the last known ones", exception.Message);
            }
        }
    }
}
