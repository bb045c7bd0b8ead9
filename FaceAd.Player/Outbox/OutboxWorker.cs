using System.Net;
using FaceAd.Core;

namespace FaceAd.Player.Outbox;

/// <summary>Delivers play reports: at once as they come, in batches when catching up, retried until the server has them.</summary>
sealed class OutboxWorker(PlayOutbox outbox, IHttpClientFactory clients, TimeProvider time, ILogger<OutboxWorker> log)
    : BackgroundService
{
    int _batch = PlayReport.MaxBatch;
    TimeSpan? _askedToWait;
    string? _problem;
    bool _isDisputed;

    /// <summary>Delivers one batch of the oldest reports.</summary>
    /// <returns>False when the server failed or refused the batch for now: try later.</returns>
    internal async Task<bool> RunCycleAsync(CancellationToken cancellation)
    {
        _askedToWait = null;
        var batch = outbox.Oldest(_batch);
        if (batch.Count == 0)
        {
            if (outbox.Pending == 0) return true;
            Complain("they cannot be signed before the server has named the screen");
            return false;
        }
        using var client = clients.CreateClient(ServerClient.Name);
        using var response = await client.PostAsJsonAsync(Routes.Plays, batch.Select(b => b.Report), cancellation);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            var receipt = await response.Content.ReadFromJsonAsync<PlayReceipt>(cancellation)
                ?? throw new HttpRequestException("The server's reply to a batch of play reports is empty.");
            foreach (var refused in receipt.Refused)
                log.LogError("Play {PlayId} was refused and is dropped: {Reason}", refused.PlayId, refused.Reason);
            // Once, until a batch has none: the reason mostly lasts.
            if (receipt.Disputed > 0)
            {
                log.Log(_isDisputed ? LogLevel.Debug : LogLevel.Warning,
                    "The server disputes {Count} of {All} plays; they count nowhere.", receipt.Disputed, batch.Count);
            }
            _isDisputed = receipt.Disputed > 0;
            if (receipt.NumbersAreUsed)
            {
                log.LogError("The server knows other plays under these numbers: was this player's folder restored from a copy?");
                outbox.RenewKey(batch.Select(b => b.Report));
            }
            foreach (var (name, _) in batch) outbox.Remove(name);
            _batch = PlayReport.MaxBatch;
            log.LogDebug("{Count} play reports were delivered, {Accepted} new.", batch.Count, receipt.Accepted);
            if (_problem is not null) log.LogInformation("Play reports are accepted again.");
            _problem = null;
            return true;
        }
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity)
        {
            // A report that the server rejects must not block the others: send one at a time to find it.
            if (batch.Count == 1) outbox.SetAside(batch[0].Name, $"the server answered {(int)response.StatusCode}");
            _batch = 1;
            return true;
        }
        _askedToWait = ServerClient.AskedToWait(response, time);
        Complain($"the server answered {(int)response.StatusCode}");
        return false;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!outbox.Ready.IsCompleted) return;
        // The report of the interrupted play is safe on disk; try once to deliver it now.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        await TryAsync(limit.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await outbox.Ready.WaitAsync(stoppingToken);
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), time);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (outbox.Pending == 0)
            {
                await outbox.Arrivals.WaitToReadAsync(stoppingToken);
                outbox.Arrivals.TryRead(out _);
            }
            if (await TryAsync(stoppingToken)) backoff.Reset();
            else await backoff.WaitAsync(_askedToWait, stoppingToken);
        }
    }

    async Task<bool> TryAsync(CancellationToken cancellation)
    {
        try
        {
            return await RunCycleAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) // the reports are on disk and will be retried
        {
            Complain(e.Message);
            return false;
        }
    }

    // Logs once per kind of problem, not once per try.
    void Complain(string problem)
    {
        if (problem == _problem) return;
        _problem = problem;
        log.LogWarning("{Count} play reports are waiting: {Reason}", outbox.Pending, problem);
    }
}
