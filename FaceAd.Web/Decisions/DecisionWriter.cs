using System.Threading.Channels;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Decisions;

/// <summary>Queues decisions and writes them in batches, trying again while the database is away.</summary>
sealed class DecisionWriter(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<DecisionWriter> log)
    : BackgroundService
{
    private const int MaxBatch = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);

    private readonly Channel<Decision> _decisions = NewQueue(log, time);

    /// <summary>Queues a decision. Never waits.</summary>
    public void Write(Decision decision) => _decisions.Writer.TryWrite(decision);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Stopping: what was decided by then is still written, as long as the database answers.
        using var patience = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() =>
        {
            _decisions.Writer.TryComplete();
            patience.CancelAfter(LastWrites);
        });
        while (await _decisions.Reader.WaitToReadAsync(patience.Token)) await RunCycleAsync(patience.Token);
    }

    // When the database is away for long, the oldest unwritten reasons are lost; what was played comes with the play reports.
    private static Channel<Decision> NewQueue(ILogger log, TimeProvider time)
    {
        var limit = new LogLimit<string>(log, time, most: 3, TimeSpan.FromMinutes(10));
        return Channel.CreateBounded<Decision>(
            new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            dropped =>
            {
                if (limit.Allows("lost decisions"))
                    log.LogWarning("Decision {DecisionId} could not be kept: the database has been away too long", dropped.Id);
            });
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        List<Decision> batch = [];
        while (batch.Count < MaxBatch && _decisions.Reader.TryRead(out var decision)) batch.Add(decision);
        while (true)
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(cancellation);
                db.Decisions.AddRange(batch);
                await db.SaveChangesAsync(cancellation);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("{Count} decisions could not be written ({Reason}); will retry", batch.Count, exception.Message);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }
}
