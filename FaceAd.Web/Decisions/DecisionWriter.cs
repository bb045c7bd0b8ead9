using System.Threading.Channels;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>Queues decisions and writes them in batches, trying again while the database is away.</summary>
sealed class DecisionWriter(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory screens, TimeProvider time, ILogger<DecisionWriter> log)
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
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(cancellation);
                if (!isFirst) await LeaveOutStoredAsync(db, batch, cancellation);
                await CommitAsync(db, batch, cancellation);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("{Count} decisions could not be written ({Reason}); will retry", batch.Count, exception.Message);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private async Task CommitAsync(FaceAdDbContext db, List<Decision> decisions, CancellationToken cancellation)
    {
        db.Decisions.AddRange(decisions);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        await using var sums = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection());
        SlotRollups.AddTo(sums, decisions, screens);
        if (sums.BatchCommands.Count > 0) await sums.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    // The commit may have succeeded, and its answer been lost.
    private static async Task LeaveOutStoredAsync(FaceAdDbContext db, List<Decision> batch, CancellationToken cancellation)
    {
        var ids = batch.ConvertAll(d => d.Id);
        var stored = (await db.Decisions.Where(d => ids.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellation)).ToHashSet();
        batch.RemoveAll(d => stored.Contains(d.Id));
    }
}
