using System.Collections.Frozen;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>
/// All screens in memory, reloaded as soon as a change is heard, on whichever node it was made: a revoked token is void there at once.
/// Frames, reports and hub calls are checked against it, so that no request costs a query. While nothing changes, one row is read every two
/// seconds, in case news was lost: the version that <see cref="DirectoryVersion"/> keeps.
/// </summary>
sealed class ScreenDirectory(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, NewsListener news, TimeProvider time, ILogger<ScreenDirectory> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _refreshing = new(1, 1); // guards _version
    private long _version; // 0 before the first reading
    private volatile Snapshot _snapshot = Snapshot.Empty;
    private IDisposable? _hearing;

    /// <summary>Told after the screens have changed in any way.</summary>
    public Subscribers<ScreenDirectory> Changed { get; } = new("screens", log);

    /// <summary>All screens, revoked ones included, ordered by site and screen name.</summary>
    public IReadOnlyList<ScreenEntry> All => _snapshot.All;

    /// <summary>A screen by its identity; null when there is none.</summary>
    /// <param name="id">The screen.</param>
    public ScreenEntry? Find(Guid id) => _snapshot.ById.GetValueOrDefault(id);

    /// <summary>The screen of a valid token; null for an unknown or revoked one.</summary>
    /// <param name="token">The presented token.</param>
    public ScreenEntry? FindByToken(string token) =>
        _snapshot.ByTokenHash.GetValueOrDefault(DeviceToken.HashText(token));

    /// <summary>Whether a previously valid token is still valid.</summary>
    /// <param name="tokenHash">Its SHA-256 in hexadecimal digits.</param>
    public bool IsGood(string tokenHash) => _snapshot.ByTokenHash.ContainsKey(tokenHash);

    /// <summary>Reloads the screens.</summary>
    public Task RefreshAsync(CancellationToken cancellation = default) => ReadAsync(always: true, cancellation);

    /// <summary>Reloads the screens if any may have changed.</summary>
    internal Task RunCycleAsync(CancellationToken cancellation) => ReadAsync(always: false, cancellation);

    private async Task ReadAsync(bool always, CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        bool changed;
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellation);
            // Before the rows: a change that they may already include has the next version, and is read again.
            var version = await db.Database.SqlQueryRaw<long>(DirectoryVersion.Read).SingleAsync(cancellation);
            if (version == _version && !always) return;
            var rows = await db.Screens.AsNoTracking().Include(s => s.Site)
                .OrderBy(s => s.Site!.Name).ThenBy(s => s.Name).ToListAsync(cancellation);
            var next = new Snapshot(rows, _snapshot, time.GetUtcNow());
            changed = !next.SameAs(_snapshot);
            _snapshot = next;
            _version = version;
        }
        finally
        {
            _refreshing.Release();
        }
        if (changed) Changed.Tell(this);
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
        _hearing = news.Heard.Add(heard =>
        {
            if (heard.Screens) _ = LookAsync(CancellationToken.None);
        });
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _hearing?.Dispose();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            await RunCycleAsync(cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            log.LogWarning(exception, "Could not reload the screens; using the last known ones");
        }
    }

    public override void Dispose()
    {
        _refreshing.Dispose();
        base.Dispose();
    }

    private sealed class Snapshot
    {
        public static readonly Snapshot Empty = new([], null, default);

        public Snapshot(IReadOnlyCollection<Screen> rows, Snapshot? before, DateTimeOffset now)
        {
            DateTimeOffset ModeSince(Screen row) => before?.ById.GetValueOrDefault(row.Id) is not { } known ? DateTimeOffset.MinValue
                : known.Mode == row.Mode ? known.ModeSince : now;
            All = [.. rows.Select(r => new ScreenEntry(
                r.Id, r.Name, r.SiteId, r.Site!.Name, r.Mode, r.Site.Measures, r.Site.Notice,
                r.Site.Calendar()) { ModeSince = ModeSince(r), MeasuredUntil = r.Site.MeasuredUntil })];
            ById = All.ToFrozenDictionary(e => e.Id);
            ByTokenHash = rows.Where(r => r.RevokedAt is null).ToFrozenDictionary(r => Convert.ToHexString(r.TokenHash), r => ById[r.Id]);
        }

        public IReadOnlyList<ScreenEntry> All { get; }

        public FrozenDictionary<Guid, ScreenEntry> ById { get; }

        public FrozenDictionary<string, ScreenEntry> ByTokenHash { get; }

        public bool SameAs(Snapshot other) =>
            All.SequenceEqual(other.All) && ByTokenHash.Count == other.ByTokenHash.Count
            && ByTokenHash.All(pair => other.ByTokenHash.TryGetValue(pair.Key, out var entry) && entry.Id == pair.Value.Id);
    }
}
