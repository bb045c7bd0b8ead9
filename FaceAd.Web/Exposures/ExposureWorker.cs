using System.Collections.Concurrent;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Computes exposures when plays or presences have been committed. Due rows are marked in the database, so that a crash loses nothing:
/// marked rows are processed at the start and in a sweep every few seconds.
/// </summary>
sealed class ExposureWorker(
    AudienceIntake audiences, PlayIntake plays, ExposureStore store, ScreenDirectory screens, IConfiguration configuration,
    TimeProvider time, ILogger<ExposureWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Guid, bool> _due = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private IDisposable[] _listening = [];
    private readonly TimeSpan _threshold = configuration.GetValue("Exposures:Threshold", ExposureCalculator.DefaultThreshold);

    /// <summary>Told after a commit, with the campaigns whose exposures changed.</summary>
    public Subscribers<IReadOnlyCollection<Guid>> Committed { get; } = new("committed exposures", log);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = [audiences.Committed.Add(Mark), plays.Committed.Add(OnPlays)];
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
        var sweepAt = DateTimeOffset.MinValue;
        while (true)
        {
            try
            {
                if (time.GetUtcNow() >= sweepAt)
                {
                    foreach (var site in await store.FindDueSitesAsync(stoppingToken)) _due[site] = true;
                    sweepAt = time.GetUtcNow() + Sweep;
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
        foreach (var site in _due.Keys)
        {
            _due.TryRemove(site, out _);
            try
            {
                var (campaigns, more) = await store.UpdateAsync(site, _threshold, cancellation);
                if (more) _due[site] = true;
                if (campaigns.Count > 0) Committed.Tell(campaigns);
            }
            catch
            {
                _due[site] = true;
                throw;
            }
        }
    }

    private void OnPlays(IReadOnlyList<Play> committed) => Mark([.. committed.Select(p => p.ScreenId).Distinct()]);

    private void Mark(IReadOnlyCollection<Guid> changed)
    {
        foreach (var screen in changed)
        {
            if (screens.Find(screen) is { } known) _due[known.SiteId] = true; // an unknown screen waits for the sweep
        }
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
