using System.Threading.Channels;
using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Delivers audience reports in order: each at once, and after an outage the backlog. Analysis does not wait for delivery. When the
/// server is busy and sends Retry-After, delivery pauses for that time; reports keep their views for at most half a minute of that.
/// </summary>
sealed class AudienceSender(PlayerSettings settings, IHttpClientFactory clients, TimeProvider time, ILogger<AudienceSender> log)
    : BackgroundService
{
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // How long views may wait in memory for a busy server.
    static readonly TimeSpan ViewsWait = TimeSpan.FromSeconds(30);

    readonly WaitingReports _reports = new(settings.ServerIsPrivate);
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    bool _full;
    string? _problem;
    TimeSpan? _askedToWait;
    DateTimeOffset? _busySince;

    /// <summary>Number of reports waiting for delivery.</summary>
    public int Pending => _reports.Count;

    /// <summary>Queues a report and returns at once.</summary>
    public void Add(AudienceReport report)
    {
        var kept = _reports.Add(report);
        if (!kept && !_full)
            log.LogError("{Limit} audience reports are waiting for the server; the oldest are dropped.", WaitingReports.Limit);
        _full = !kept;
        _arrivals.Writer.TryWrite(true);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Deliver the last report of the audience that stopping has ended.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await RunCycleAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The server closes the audience as lost.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), time);
        while (true)
        {
            if (_reports.Count == 0)
            {
                await _arrivals.Reader.WaitToReadAsync(stoppingToken);
                _arrivals.Reader.TryRead(out _);
            }
            if (await RunCycleAsync(stoppingToken)) backoff.Reset();
            else await backoff.WaitAsync(_askedToWait, stoppingToken);
        }
    }

    /// <summary>Delivers all waiting reports.</summary>
    /// <returns>False when the server did not accept a report: try later.</returns>
    internal async Task<bool> RunCycleAsync(CancellationToken cancellation)
    {
        while (_reports.Oldest is { } report)
        {
            if (await RefusalAsync(report, cancellation) is { } refusal)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!IsBusyForNow()) _reports.Hold();
                Complain(refusal);
                return false;
            }
            _reports.Remove(report);
            _busySince = null;
        }
        _reports.Release();
        if (_problem is not null) log.LogInformation("Audience reports are accepted again.");
        _problem = null;
        return true;
    }

    // A busy server that answers will take reports with their views; an outage will not.
    bool IsBusyForNow()
    {
        if (_askedToWait is null) return false;
        var now = time.GetUtcNow();
        _busySince ??= now;
        return now - _busySince < ViewsWait;
    }

    // Null when the report was accepted, or dropped for good.
    async Task<string?> RefusalAsync(AudienceReport report, CancellationToken cancellation)
    {
        _askedToWait = null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(AnswerLimit);
            using var client = clients.CreateClient(ServerClient.Name);
            using var response = await client.PostAsJsonAsync(Routes.Audiences, report, limit.Token);
            if (response.IsSuccessStatusCode) return null;
            _askedToWait = ServerClient.AskedToWait(response, time);
            var refusal = $"the server answered {(int)response.StatusCode}";
            if ((int)response.StatusCode is not (400 or 413 or 422)) return refusal;
            // A report that the server can never accept must not block the rest.
            log.LogError("Report {Sequence} of audience {AudienceId} is dropped: {Reason}", report.Sequence, report.AudienceId, refusal);
            return null;
        }
        catch (Exception e) // any failure is retried
        {
            return e.Message;
        }
    }

    // Logs once per kind of problem, not once per report.
    void Complain(string problem)
    {
        if (problem == _problem) return;
        _problem = problem;
        log.LogWarning("Audience reports wait: {Reason}", problem);
    }
}
