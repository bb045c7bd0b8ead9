using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Cluster;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Audiences;

/// <summary>
/// Writes queued audience reports of either origin: one writer, which commits in one transaction what has come together.
/// </summary>
sealed class AudienceIntake(
    ReportQueue reports, PersonRecogniser recogniser, AudienceStore store, LiveAudiences audiences, TimeProvider time,
    ILogger<AudienceIntake> log)
    : BackgroundService
{
    private const int MaxBatch = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);

    private volatile TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Told after a commit, with the screens whose rows changed.</summary>
    public Subscribers<IReadOnlyCollection<Guid>> Committed { get; } = new("committed audience reports", log);

    /// <summary>Takes a report from a device. Completes when it is committed.</summary>
    /// <exception cref="BusyException">Too many wait; the device sends it again.</exception>
    public async Task CommitAsync(ScreenEntry screen, AudienceReport report, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A device can wait with its reports; requests that wait here would only pile up.
        if (!reports.TryAdd(new QueuedReport(screen, report, done)))
            throw new BusyException("More audience reports arrive than can be written; this one was not stored.");
        await done.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits until no report waits.</summary>
    public async Task WrittenAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var written = _written; // taken before the look: what is written in between completes it
            if (reports.Reader.Count == 0) return;
            await written.Task.WaitAsync(cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Stopping: what was taken in by then is still written, as long as the database answers.
        using var patience = new CancellationTokenSource();
        await using var stopping = stoppingToken.Register(() =>
        {
            reports.Close();
            patience.CancelAfter(LastWrites);
        });
        while (await reports.Reader.WaitToReadAsync(patience.Token))
        {
            await RunCycleAsync(patience.Token);
            var written = _written;
            _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
            written.TrySetResult();
        }
    }

    /// <summary>Writes what is queued, in one transaction; a report that cannot be written fails alone.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var began = time.GetUtcNow();
        List<QueuedReport> items = [];
        while (items.Count < MaxBatch && reports.Reader.TryRead(out var item)) items.Add(item);
        List<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> rows = [];
        foreach (var item in items.ToList())
        {
            try
            {
                rows.Add(
                    (item.Screen, item.Report,
                        await UntilDatabaseAnswersAsync(() => recogniser.RecogniseAsync(item.Screen, item.Report), cancellation)));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                items.Remove(item);
                Fail(item, exception);
            }
        }
        if (items.Count == 0) return;

        try
        {
            await UntilDatabaseAnswersAsync(() => WriteAsync(rows, cancellation), cancellation);
            for (var i = 0; i < items.Count; i++) Succeed(items[i], rows[i].Recognition, began);
        }
        catch (Exception exception) when (exception is not OperationCanceledException) // such as a value that cannot be stored
        {
            log.LogWarning(exception, "Could not write a batch of {Count} audience reports; writing them one by one", rows.Count);
            await WriteOneByOneAsync(items, rows, began, cancellation);
        }
        Committed.Tell([.. items.Select(i => i.Screen.Id).Distinct()]);
    }

    private async Task WriteOneByOneAsync(
        List<QueuedReport> items, List<(ScreenEntry, AudienceReport, Recognition)> rows, DateTimeOffset began,
        CancellationToken cancellation)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var row = rows[i];
            try
            {
                await UntilDatabaseAnswersAsync(() => WriteAsync([row], cancellation), cancellation);
                Succeed(items[i], row.Item3, began);
            }
            catch (Exception exception) when (exception is not OperationCanceledException) // such as a value that cannot be stored
            {
                if (exception is SiteLostException) await recogniser.GiveUpAsync(row.Item3.Site);
                Fail(items[i], exception);
            }
        }
    }

    private void Succeed(QueuedReport item, Recognition recognition, DateTimeOffset began)
    {
        Traces.Continue("report committed", item.Trace, began)?.Dispose();
        item.Written?.TrySetResult();
        if (recognition.PersonOf.Count > 0)
            audiences.Recognised.Tell(new RidersRecognised(item.Screen, item.Report.AudienceId, recognition.PersonOf));
    }

    private void Fail(QueuedReport item, Exception exception)
    {
        // A report of a site that has just gone to another node is nobody's fault: a device sends it again, a frame's next goes there.
        log.Log(
            exception is SiteLostException ? LogLevel.Information : LogLevel.Error, exception,
            "Could not write report {Sequence} of audience {AudienceId} at screen {ScreenId}",
            item.Report.Sequence, item.Report.AudienceId, item.Screen.Id);
        item.Written?.TrySetException(exception);
    }

    private async Task<bool> WriteAsync(List<(ScreenEntry, AudienceReport, Recognition)> rows, CancellationToken cancellation)
    {
        await store.WriteAsync(rows, cancellation);
        return true;
    }

    private async Task<T> UntilDatabaseAnswersAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception exception) when (IsOutage(exception) || IsOutage(exception.InnerException)) // EF Core wraps it
            {
                log.LogWarning("Could not write audience reports: the database is unavailable ({Reason}); will retry", exception.Message);
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    private static bool IsOutage(Exception? exception) => exception is NpgsqlException and not PostgresException { IsTransient: false };
}
