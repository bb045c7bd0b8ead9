using FaceAd.Core;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences;

/// <summary>
/// Closes audiences that nobody reports on any more, as lost: their server was restarted or their device vanished.
/// Stays already end at their last sighting; only the row's state is mended.
/// </summary>
sealed class AudienceSweep(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<AudienceSweep> log) : BackgroundService
{
    // Longer than any device goes without a report while somebody is in view.
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
                log.LogWarning("Silent audiences could not be closed ({Reason}); trying again", exception.Message);
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
        if (closed > 0) log.LogInformation("{Count} audiences are closed as lost: nobody reports on them any more", closed);
        return closed;
    }
}
