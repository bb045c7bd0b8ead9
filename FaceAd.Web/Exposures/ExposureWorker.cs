using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Computes exposures when plays or presences have been committed. Due rows are marked in the database, so that a crash loses nothing:
/// marked rows are processed at the start and in a sweep every few seconds.
/// </summary>
sealed class ExposureWorker(
    AudienceIntake audiences, PlayIntake plays, ExposureStore store, ScreenDirectory screens, PacingKeeper pacing,
    IConfiguration configuration,
    TimeProvider time, ILogger<ExposureWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, Due> _due = new(); // by site
    private readonly Dictionary<Guid, long> _failedAt = []; // due sites: so that one that fails always keeps no other waiting
    private readonly SemaphoreSlim _signal = new(0, 1);
    private IDisposable[] _listening = [];
    private readonly TimeSpan _threshold = configuration.GetValue("Exposures:Threshold", ExposureCalculator.DefaultThreshold);

    /// <summary>Told after a commit, with the campaigns whose exposures changed.</summary>
    public Subscribers<IReadOnlyCollection<Guid>> Committed { get; } = new("committed exposures", log);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = [audiences.Committed.Add(OnPresences), plays.Committed.Add(OnPlays)];
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in _listening) subscription.Dispose();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? sweptAt = null; // a timestamp: the clock may be set back
        while (true)
        {
            try
            {
                if (sweptAt is not { } last || time.GetElapsedTime(last) >= Sweep)
                {
                    foreach (var site in await store.FindDueSitesAsync(stoppingToken)) Mark(site, Due.Nothing);
                    sweptAt = time.GetTimestamp();
                }
                while (!_due.IsEmpty) await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning(exception, "Could not update the exposures; will retry");
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
            await _signal.WaitAsync(Sweep, stoppingToken);
        }
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        foreach (var site in _due.Keys.OrderBy(s => _failedAt.GetValueOrDefault(s)))
        {
            if (!_due.TryRemove(site, out var due)) continue;
            var began = time.GetUtcNow();
            try
            {
                var updated = await store.UpdateAsync(site, _threshold, cancellation);
                _failedAt.Remove(site);
                ImmutableArray<DecidedPlay> plays = [.. due.Plays.Select(p => p.With(updated.Brought))];
                if (updated.More) Mark(site, Due.Nothing with { Plays = plays });
                else pacing.Book.Settle(plays.Select(p => (p.Decision, (double?)p.Brought)));
                foreach (var trace in due.Traces) Traces.Continue("exposures committed", trace, began)?.Dispose();
                if (updated.Campaigns.Count > 0) Committed.Tell(updated.Campaigns);
            }
            catch (Exception exception)
            {
                Mark(site, due);
                _failedAt[site] = time.GetTimestamp();
                // A database that is away is so for every site; what it refuses is this one's trouble.
                if (exception is OperationCanceledException or (NpgsqlException and not PostgresException)) throw;
                failure ??= exception;
            }
        }
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
    }

    private void OnPlays(IReadOnlyList<Play> committed)
    {
        foreach (var plays in committed.GroupBy(p => p.ScreenId))
        {
            MarkScreen(plays.Key, new Due(
                [.. plays.Select(p => p.Trace).Distinct().Where(t => t != default)],
                [.. plays.Where(p => p.DecisionId is not null).Select(p => new DecidedPlay(p.Id, p.DecisionId!.Value, null))]));
        }
        Signal();
    }

    private void OnPresences(IReadOnlyCollection<Guid> changed)
    {
        foreach (var screen in changed) MarkScreen(screen, Due.Nothing);
        Signal();
    }

    private void MarkScreen(Guid screen, Due due)
    {
        if (screens.Find(screen) is { } known) Mark(known.SiteId, due); // an unknown screen waits for the sweep
    }

    private void Mark(Guid site, Due due) => _due.AddOrUpdate(site, due, (_, waiting) => waiting.And(due));

    // A play, its decision, and impressions on target that it has brought; null for none that were measured.
    private readonly record struct DecidedPlay(Guid Id, Guid Decision, int? Brought)
    {
        public DecidedPlay With(IReadOnlyDictionary<Guid, int> brought) =>
            brought.TryGetValue(Id, out var more) ? this with { Brought = (Brought ?? 0) + more } : this;
    }

    // What waits for a site's exposures: traces of its plays, and those that were decided, whose reservations end with them.
    private sealed record Due(ImmutableArray<ActivityContext> Traces, ImmutableArray<DecidedPlay> Plays)
    {
        private const int MostTraces = 100; // while the database is away

        // Beyond them, the pacing waits for its own limit.
        private const int MostPlays = 10_000;

        public static Due Nothing { get; } = new([], []);

        public Due And(Due more) => new(
            Traces.Length >= MostTraces ? Traces : Traces.AddRange(more.Traces),
            Plays.Length >= MostPlays ? Plays : Plays.AddRange(more.Plays));
    }

    private void Signal()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already signalled.
        }
    }
}
