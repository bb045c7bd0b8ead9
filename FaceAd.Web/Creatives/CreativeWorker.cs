using System.Diagnostics;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;

namespace FaceAd.Web.Creatives;

/// <summary>Processes the upload queue, one video at a time per node.</summary>
sealed class CreativeWorker(CreativeQueue queue, CreativeUploads uploads, VideoTranscoder maker, UploadFolder folder,
    ILogger<CreativeWorker> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim _work = new(0);
    private CancellationTokenSource? _current;
    private Guid _currentId;

    public override void Dispose()
    {
        _work.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var queued = uploads.Queued.Add(_ => Wake());
        using var cancelled = uploads.Cancelled.Add(Stop);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await queue.ClaimAsync(stoppingToken) is { } claimed) await WorkAsync(claimed, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not read the upload queue ({Reason}); will retry", exception.Message);
            }
            await _work.WaitAsync(Look, stoppingToken);
        }
    }

    /// <summary>Processes one upload, from its claim to its end.</summary>
    internal async Task WorkAsync(ClaimedUpload claimed, CancellationToken stopping)
    {
        var upload = claimed.Upload;
        var clock = Stopwatch.StartNew();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        (_currentId, _current) = (upload.Id, end);
        var percent = 0;
        var keepPart = false;
        var beating = BeatAsync(claimed, () => Volatile.Read(ref percent), end);
        try
        {
            var failure = await TryAsync(claimed, done => Volatile.Write(ref percent, (int)(100 * done)), end.Token);
            if (failure is { } refusal) await queue.FailAsync(claimed, refusal);
            keepPart = failure?.MayRetry() == true;
            log.LogInformation(
                "Upload {Upload} for campaign {Campaign}: {Outcome} after {Milliseconds} ms",
                upload.Id, upload.CampaignId, failure?.ToString() ?? "ready", clock.ElapsedMilliseconds);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            keepPart = true;
            await queue.ReleaseAsync(claimed);
        }
        catch (OperationCanceledException)
        {
            // Cancelled, or claimed by another worker, which then needs the file.
            keepPart = true;
        }
        finally
        {
            _current = null;
            await end.CancelAsync();
            await beating;
            if (!keepPart) File.Delete(folder.PartOf(upload.Id));
            uploads.News.Tell(upload.CampaignId, upload.Id);
        }
    }

    private async Task<CreativeRefusal?> TryAsync(ClaimedUpload claimed, Action<double> progress, CancellationToken cancellation)
    {
        var upload = claimed.Upload;
        // Every earlier worker crashed, perhaps because of this file.
        if (upload.Attempts > CreativeQueue.MaxAttempts) return CreativeRefusal.Interrupted;
        if (folder.Arrived(upload.Id) != upload.Bytes) return CreativeRefusal.Damaged;
        try
        {
            var (video, refusal) = await maker.MakeAsync(
                folder.PartOf(upload.Id), upload.StillSeconds, keepWhatFits: false, progress, cancellation);
            if (video is not { } made) return refusal;
            var failed = await queue.FinishAsync(claimed, made, cancellation);
            return failed == CreativeRefusal.Interrupted
                ? throw new OperationCanceledException("Another worker has claimed the upload.") : failed;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Disk full, storage unavailable, ffmpeg missing: another file would fail the same way.
            log.LogError("Could not process upload {Upload}: {Reason}", upload.Id, exception.Message);
            return CreativeRefusal.ServerTrouble;
        }
    }

    /// <summary>Renews the lease and reports progress; stops the work when the upload was cancelled or lost.</summary>
    private async Task BeatAsync(ClaimedUpload claimed, Func<int> percent, CancellationTokenSource end)
    {
        try
        {
            for (var (told, at) = (-1, Stopwatch.StartNew()); ;)
            {
                await Task.Delay(Beat, end.Token);
                var now = percent();
                if (now == told && at.Elapsed < TimeSpan.FromSeconds(1)) continue; // renew at least every second, or the lease expires
                if (!await queue.RenewAsync(claimed, now, end.Token)) await end.CancelAsync();
                (told, at) = (now, Stopwatch.StartNew());
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
        catch (Exception exception)
            when (exception is Npgsql.NpgsqlException or Microsoft.EntityFrameworkCore.DbUpdateException or InvalidOperationException)
        {
            await end.CancelAsync(); // without the database the lease expires anyway
        }
    }

    private void Wake()
    {
        if (_work.CurrentCount == 0) _work.Release();
    }

    private void Stop(Guid upload)
    {
        var current = _current;
        if (current is null || _currentId != upload) return;
        try
        {
            current.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has just ended.
        }
    }
}
