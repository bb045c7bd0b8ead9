using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>
/// Accepts play reports: checks each on arrival, commits those that can be stored, and recognises repeats. What does not fit is kept apart
/// as disputed (<see cref="DisputedPlay"/>). A writer commits the requests of many players as one group, so that a commit costs the same
/// however many players wait for it; each request is answered after its commit. Two writers run in parallel: while one updates the totals
/// and commits, the other copies rows. A screen has one writer, so that its plays are compared with those before them.
/// </summary>
sealed partial class PlayIntake : BackgroundService
{
    /// <summary>The most requests queued for a writer: at most 20 MB of reports. Further ones are refused.</summary>
    public const int Capacity = 1024;

    /// <summary>A group with this many plays is full.</summary>
    private const int FullGroup = 2000;

    private const int Writers = 2;
    private const int Tries = 3;
    private const string Unwritten = "play reports that could not be written";
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);
    private readonly PlayChecks _checks;
    private readonly PlayStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<PlayIntake> _log;
    private readonly Counter<long> _plays;
    private readonly Counter<long> _disputed;
    private long _turnedAway;
    private readonly LogLimit<Guid> _refusals;
    private readonly LogLimit<Guid> _disputes;
    private readonly LogLimit<string> _outages;
    private readonly Channel<PlayRequest>[] _queues =
        [.. Enumerable.Range(0, Writers).Select(_ => Channel.CreateBounded<PlayRequest>(new BoundedChannelOptions(Capacity)))];

    public PlayIntake(PlayChecks checks, PlayStore store, TimeProvider time, IMeterFactory meters, ILogger<PlayIntake> log)
    {
        (_checks, _store, _time, _log) = (checks, store, time, log);
        Committed = new("committed plays", log);
        _refusals = new(log, time, most: 10, TimeSpan.FromHours(1));
        _disputes = new(log, time, most: 1, TimeSpan.FromHours(1));
        _outages = new(log, time, most: 1, TimeSpan.FromMinutes(1));
        var meter = meters.Create("FaceAd.Plays");
        _plays = meter.CreateCounter<long>("facead.plays");
        _disputed = meter.CreateCounter<long>("facead.plays.disputed", description: "Plays kept apart, by reason");
        meter.CreateObservableCounter("facead.plays.turned_away", () => Interlocked.Read(ref _turnedAway),
            description: "Requests answered 503 because too many waited");
        meter.CreateObservableGauge(
            "facead.plays.waiting", () => _queues.Sum(q => q.Reader.Count), description: "Requests that wait for a writer");
    }

    /// <summary>Told after a commit, with the plays that are new; perhaps by two writers at once.</summary>
    public Subscribers<IReadOnlyList<Play>> Committed { get; }

    /// <summary>Accepts one request's reports. Completes when those that can be stored are committed.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="reports">Its reports.</param>
    /// <param name="cancellation">Stops waiting; what was queued may still be committed.</param>
    /// <param name="lease">This node's lease of the screen's site, under which they are compared with those before; null for none.</param>
    /// <exception cref="BusyException">The queue is full or the database is unavailable. The outcome is unknown; the player must
    /// retry.</exception>
    /// <exception cref="SiteLostException">Another node has taken the site meanwhile: these plays are for that one to compare.</exception>
    public async Task<PlayReceipt> CommitAsync(
        ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation, SiteLease? lease = null)
    {
        if (reports.Count == 0) return new PlayReceipt(0, 0, []);
        var (plays, refused) = await CheckAsync(screen, reports, cancellation);
        if (plays.Count == 0) return new PlayReceipt(0, 0, refused);
        foreach (var play in plays) play.Lease = lease;
        var request = new PlayRequest(plays, refused);
        if (!_queues[(uint)screen.Id.GetHashCode() % Writers].Writer.TryWrite(request))
        {
            Interlocked.Increment(ref _turnedAway);
            throw new BusyException("More play reports arrive than can be written; none of these was stored.");
        }
        return await request.Done.WaitAsync(cancellation);
    }

    /// <summary>Writes what is still queued while the database responds; every request gets an answer.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _queues) queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastWrites);
        await RunCycleAsync(patience.Token);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        return Task.WhenAll(_queues.Select(q => WriteAsync(q.Reader)));

        // A group in progress is always finished: a stop takes effect between groups.
        async Task WriteAsync(ChannelReader<PlayRequest> queue)
        {
            while (await queue.WaitToReadAsync(stoppingToken)) await RunCycleAsync(queue, CancellationToken.None);
        }
    }

    /// <summary>Writes all queues, one after the other. Every request taken is answered.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        foreach (var queue in _queues)
        {
            while (queue.Reader.TryPeek(out _)) await RunCycleAsync(queue.Reader, cancellation);
        }
    }

    // Group after group on one connection; an outage ends the cycle.
    private async Task RunCycleAsync(ChannelReader<PlayRequest> queue, CancellationToken cancellation)
    {
        var group = TakeGroup(queue);
        try
        {
            await using var connection = await _store.OpenAsync(cancellation);
            for (; group.Count > 0; group = TakeGroup(queue)) await CommitAsync(connection, group, cancellation);
        }
        catch (Exception exception)
        {
            Fail(group, exception);
        }
    }

    private void Fail(List<PlayRequest> group, Exception exception)
    {
        if (exception is NpgsqlException and not PostgresException { IsTransient: false })
        {
            if (_outages.Allows(Unwritten)) LogOutage(group.Count, exception.Message);
            exception = Away(exception);
        }
        else if (exception is not (OperationCanceledException or SiteLostException))
        {
            LogFailure(exception, group.Count);
        }
        foreach (var request in group) request.Fail(exception);
    }

    private static BusyException Away(Exception exception) =>
        new("The database is unavailable; these play reports may not have been stored.", exception);

    private static List<PlayRequest> TakeGroup(ChannelReader<PlayRequest> queue)
    {
        List<PlayRequest> group = [];
        for (var plays = 0; plays < FullGroup && queue.TryRead(out var request); plays += request.Plays.Count) group.Add(request);
        return group;
    }

    private async Task<(List<Play> Plays, List<RefusedPlay> Refused)> CheckAsync(
        ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        try
        {
            var (plays, refused) = await _checks.RunAsync(screen, reports, cancellation);
            foreach (var refusal in refused)
            {
                if (_refusals.Allows(screen.Id)) LogRefusal(refusal.PlayId, screen.Id, refusal.Reason);
            }
            return (plays, refused);
        }
        catch (NpgsqlException exception)
        {
            if (_outages.Allows(Unwritten)) LogOutage(1, exception.Message);
            throw Away(exception);
        }
    }

    private async Task CommitAsync(NpgsqlConnection connection, List<PlayRequest> group, CancellationToken cancellation)
    {
        Dictionary<(Guid Screen, Guid Id), Play> distinct = [];
        List<Play> plays = [];
        foreach (var request in group)
        {
            foreach (var play in request.Plays)
            {
                var first = distinct.TryAdd((play.ScreenId, play.Id), play); // not first: a retry is in the same group
                if (first) plays.Add(play);
                request.Await(distinct[(play.ScreenId, play.Id)], first);
            }
        }
        var known = await _store.FindKnownAsync(connection, plays, cancellation);
        var outcomes = plays.ToDictionary(p => p, _ => PlayOutcome.WasKnown);
        List<Play> accepted = [.. plays.Where(p => p.Dispute is null && !known.Contains(p)).DistinctBy(p => p.Id)];
        if (accepted.Count > 0) await CommitAsync(connection, accepted, outcomes, cancellation);
        List<Play> disputed = [.. plays.Where(p => p.Dispute is not null && !known.Contains(p))];
        if (disputed.Count > 0) await DisputeAsync(connection, disputed, outcomes, cancellation);
        foreach (var request in group) request.Answer(outcomes);
    }

    private async Task DisputeAsync(
        NpgsqlConnection connection, List<Play> plays, Dictionary<Play, PlayOutcome> outcomes, CancellationToken cancellation)
    {
        await DisputeStore.KeepAsync(connection, plays, cancellation);
        foreach (var play in plays)
        {
            var reason = play.Dispute!.Value;
            outcomes[play] = PlayOutcome.IsDisputed;
            _disputed.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
            if (_disputes.Allows(play.ScreenId))
                LogDispute(play.Id, play.ScreenId, reason, play.CreativeId, play.DecisionId, play.StartedAt);
        }
    }

    /// <summary>Commits plays; if a row cannot be stored, halves the group until the row is isolated.</summary>
    private async Task CommitAsync(
        NpgsqlConnection connection, List<Play> plays, Dictionary<Play, PlayOutcome> outcomes, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var began = _time.GetUtcNow();
                var fresh = await _store.CommitAsync(connection, plays, cancellation);
                // One step for each report, however many plays it holds.
                foreach (var trace in fresh.Select(p => p.Trace).Distinct()) Traces.Continue("plays committed", trace, began)?.Dispose();
                foreach (var play in plays) outcomes[play] = PlayOutcome.WasKnown;
                foreach (var play in fresh) outcomes[play] = PlayOutcome.IsNew;
                Announce(fresh);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState.StartsWith("40", StringComparison.Ordinal) && attempt < Tries)
            {
                // A deadlock or serialization failure with another node: retry.
            }
            catch (PostgresException exception) when (IsFaultOfARow(exception))
            {
                if (plays.Count == 1)
                {
                    outcomes[plays[0]] = PlayOutcome.Of(exception);
                    _checks.Forget(plays[0].CreativeId);
                    LogUnstorable(exception, plays[0].Id, plays[0].ScreenId);
                    return;
                }
                var half = plays.Count / 2;
                await CommitAsync(connection, [.. plays.Take(half)], outcomes, cancellation);
                await CommitAsync(connection, [.. plays.Skip(half)], outcomes, cancellation);
                return;
            }
        }
    }

    private void Announce(IReadOnlyList<Play> fresh)
    {
        if (fresh.Count == 0) return;
        _plays.Add(fresh.Count);
        if (_log.IsEnabled(LogLevel.Debug))
        {
            foreach (var play in fresh)
                LogPlay(play.Id, play.ScreenId, play.CreativeId, play.CampaignId, play.End, (play.EndedAt - play.StartedAt).TotalSeconds,
                    play.Measured);
        }
        Committed.Tell(fresh);
    }

    // Data exceptions and integrity violations concern a single row, not the rest of the group.
    private static bool IsFaultOfARow(PostgresException exception) =>
        exception.SqlState.StartsWith("22", StringComparison.Ordinal) || exception.SqlState.StartsWith("23", StringComparison.Ordinal);

    [LoggerMessage(LogLevel.Debug, "Play {PlayId} on screen {ScreenId}: creative {CreativeId}, campaign {CampaignId}, {End} after {Seconds:F1} s, measured {Measured}")]
    private partial void LogPlay(Guid playId, Guid screenId, Guid creativeId, Guid? campaignId, PlayEnd end, double seconds, bool measured);

    [LoggerMessage(LogLevel.Warning, "Play {PlayId} of screen {ScreenId} refused: {Reason}")]
    private partial void LogRefusal(Guid playId, Guid screenId, string reason);

    [LoggerMessage(LogLevel.Warning, "Play {PlayId} of screen {ScreenId} is disputed: {Reason}; creative {CreativeId}, decision {DecisionId}, started {StartedAt:O}")]
    private partial void LogDispute(
        Guid playId, Guid screenId, DisputeReason reason, Guid creativeId, Guid? decisionId, DateTimeOffset startedAt);

    [LoggerMessage(LogLevel.Error, "Could not store play {PlayId} of screen {ScreenId}")]
    private partial void LogUnstorable(Exception exception, Guid playId, Guid screenId);

    [LoggerMessage(
        LogLevel.Warning,
        "Could not write the play reports of {Requests} requests: the database is unavailable ({Reason}); the players will retry")]
    private partial void LogOutage(int requests, string reason);

    [LoggerMessage(LogLevel.Error, "Could not write the play reports of {Requests} requests")]
    private partial void LogFailure(Exception exception, int requests);
}
