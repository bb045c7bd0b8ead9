using FaceAd.Core;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences;

/// <summary>
/// Closes audiences without further reports as lost: their server was restarted or their device disconnected.
/// Presences already end at their last sighting; only the row's state is corrected.
/// </summary>
sealed class AudienceSweep(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<AudienceSweep> log)
    : BackgroundService
{
    // Longer than any device goes without a report while someone is in view.
    private static readonly TimeSpan Silent = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

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
                log.LogWarning("Could not close silent audiences ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var before = time.GetUtcNow() - Silent;
        var closed = await db.Audiences.Where(a => a.State == AudienceState.Open && a.At < before)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AudienceState.Lost), cancellation);
        if (closed > 0) log.LogInformation("Closed {Count} audiences as lost: no more reports arrived", closed);
        return closed;
    }
}
