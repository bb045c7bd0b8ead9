using System.Threading.Channels;
using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Delivers audience reports in their order: each at once, and after an outage those that waited. Analysis does not wait for it. A server
/// that is busy and says for how long is left alone so long, and the reports wait as they are, for half a minute at most.
/// </summary>
internal sealed class AudienceSender(PlayerSettings settings, IHttpClientFactory clients, TimeProvider time, ILogger<AudienceSender> log) : BackgroundService
{
    static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // Views wait in memory for a busy server, and never longer than this.
    static readonly TimeSpan ViewsWait = TimeSpan.FromSeconds(30);

    readonly WaitingReports _reports = new(settings.ServerIsPrivate);
    readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    bool _full;
    string? _problem;
    TimeSpan? _askedToWait;
    DateTimeOffset? _busySince;

    /// <summary>Reports that wait.</summary>
    public int Pending => _reports.Count;

    /// <summary>Takes a report in and returns at once.</summary>
    public void Add(AudienceReport report)
    {
        var kept = _reports.Add(report);
        if (!kept && !_full) log.LogError("{Limit} audience reports wait for the server; the oldest ones are given up.", WaitingReports.Limit);
        _full = !kept;
        _arrivals.Writer.TryWrite(true);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // The end of an audience that the stop cut short.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await RunCycleAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The server closes it as lost.
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

    /// <summary>Delivers everything that waits.</summary>
    /// <returns>False when the server did not take it: try later.</returns>
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
        if (_problem is not null) log.LogInformation("Audience reports are taken again.");
        _problem = null;
        return true;
    }

    // A server that answers that it is busy will take the reports as they are; an outage is something else.
    bool IsBusyForNow()
    {
        if (_askedToWait is null) return false;
        var now = time.GetUtcNow();
        _busySince ??= now;
        return now - _busySince < ViewsWait;
    }

    // Null: it is done with, one way or the other.
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
            // What it can never take must not hold up the rest.
            log.LogError("Report {Sequence} of audience {AudienceId} is dropped: {Reason}", report.Sequence, report.AudienceId, refusal);
            return null;
        }
        catch (Exception e) // whatever happened, it is tried again
        {
            return e.Message;
        }
    }

    // Once per kind of trouble, not once per report.
    void Complain(string problem)
    {
        if (problem == _problem) return;
        _problem = problem;
        log.LogWarning("Audience reports wait: {Reason}", problem);
    }
}
