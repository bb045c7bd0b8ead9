using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>
/// Accepts play reports: validates each on arrival, commits the valid ones, and recognises repeats. A writer commits the requests of many
/// players as one group, so that a commit costs the same however many players wait for it; each request is answered after its commit. Two
/// writers run in parallel: while one updates the totals and commits, the other copies rows.
/// </summary>
sealed partial class PlayIntake : BackgroundService
{
    /// <summary>The most requests queued for a writer: at most 5 MB of reports. Further ones are refused.</summary>
    public const int Capacity = 1024;

    /// <summary>A group with this many plays is full.</summary>
    private const int FullGroup = 2000;

    private const int Writers = 2;
    private const int Tries = 3;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);
    private readonly PlayedCreatives _creatives;
    private readonly PlayStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<PlayIntake> _log;
    private readonly AnalysisGaps _gaps;
    private readonly Counter<long> _plays;
    private readonly Counter<long> _turnedAway;
    private readonly Channel<PlayRequest> _requests = Channel.CreateBounded<PlayRequest>(new BoundedChannelOptions(Capacity));

    public PlayIntake(
        PlayedCreatives creatives, PlayStore store, AnalysisGaps gaps, TimeProvider time, IMeterFactory meters, ILogger<PlayIntake> log)
    {
        (_creatives, _store, _gaps, _time, _log) = (creatives, store, gaps, time, log);
        Committed = new("committed plays", log);
        var meter = meters.Create("FaceAd.Plays");
        _plays = meter.CreateCounter<long>("facead.plays");
        _turnedAway = meter.CreateCounter<long>("facead.plays.turned_away", description: "Requests answered 503 because too many waited");
        meter.CreateObservableGauge("facead.plays.waiting", () => _requests.Reader.Count, description: "Requests that wait for a writer");
    }

    /// <summary>Told after a commit, with the plays that are new; perhaps by two writers at once.</summary>
    public Subscribers<IReadOnlyList<Play>> Committed { get; }

    /// <summary>Accepts one request's reports. Completes when the valid ones are committed.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="reports">Its reports.</param>
    /// <param name="cancellation">Stops waiting; what was queued may still be committed.</param>
    /// <exception cref="BusyException">The queue is full or the database is unavailable. The outcome is unknown; the player must
    /// retry.</exception>
    public async Task<PlayReceipt> CommitAsync(ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        if (reports.Count == 0) return new PlayReceipt(0, 0, []);
        var (plays, refused) = await CheckAsync(screen, reports, cancellation);
        if (plays.Count == 0) return new PlayReceipt(0, 0, refused);
        var request = new PlayRequest(plays, refused);
        if (!_requests.Writer.TryWrite(request))
        {
            _turnedAway.Add(1);
            throw new BusyException("More play reports arrive than can be written; none of these was stored.");
        }
        return await request.Done.WaitAsync(cancellation);
    }

    /// <summary>Writes what is still queued while the database responds; every request gets an answer.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _requests.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastWrites);
        while (_requests.Reader.TryPeek(out _)) await RunCycleAsync(patience.Token);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync()));

        // A group in progress is always finished: a stop takes effect between groups.
        async Task WriteAsync()
        {
            while (await _requests.Reader.WaitToReadAsync(stoppingToken)) await RunCycleAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes the queue, group after group on one connection; an outage ends the cycle. Every request taken is answered.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var group = TakeGroup();
        if (group.Count == 0) return; // the other writer was faster
        try
        {
            await using var connection = await _store.OpenAsync(cancellation);
            for (; group.Count > 0; group = TakeGroup()) await CommitAsync(connection, group, cancellation);
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
            LogOutage(group.Count, exception.Message);
            exception = Away(exception);
        }
        else if (exception is not OperationCanceledException)
        {
            LogFailure(exception, group.Count);
        }
        foreach (var request in group) request.Fail(exception);
    }

    private static BusyException Away(Exception exception) =>
        new("The database is unavailable; these play reports may not have been stored.", exception);

    private List<PlayRequest> TakeGroup()
    {
        List<PlayRequest> group = [];
        for (var plays = 0; plays < FullGroup && _requests.Reader.TryRead(out var request); plays += request.Plays.Count)
            group.Add(request);
        return group;
    }

    private async Task<(List<Play> Plays, List<RefusedPlay> Refused)> CheckAsync(
        ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        IReadOnlyDictionary<Guid, PlayedCreative> creatives;
        try
        {
            creatives = await _creatives.FindAsync(reports.Select(r => r.CreativeId), cancellation);
        }
        catch (NpgsqlException exception)
        {
            LogOutage(1, exception.Message);
            throw Away(exception);
        }
        var now = _time.GetUtcNow();
        List<Play> plays = new(reports.Count);
        List<RefusedPlay> refused = [];
        foreach (var report in reports)
        {
            PlayedCreative? creative = creatives.TryGetValue(report.CreativeId, out var found) ? found : null;
            if (PlayReportRules.FindFault(report, creative?.Seconds, now) is not { } fault)
            {
                plays.Add(ToPlay(screen, report, found, now));
                continue;
            }
            refused.Add(new RefusedPlay(report.PlayId, fault));
            LogRefusal(report.PlayId, screen.Id, fault);
        }
        return (plays, refused);
    }

    private async Task CommitAsync(NpgsqlConnection connection, List<PlayRequest> group, CancellationToken cancellation)
    {
        var known = await _store.FindKnownAsync(connection, [.. group.SelectMany(r => r.Plays).Select(p => p.Id)], cancellation);
        Dictionary<Guid, Play> plays = [];
        foreach (var request in group)
        {
            foreach (var play in request.Plays)
            {
                if (known.Contains(play.Id)) request.IsKnown();
                else request.Await(play.Id, first: plays.TryAdd(play.Id, play)); // not first: a retry is in the same group
            }
        }
        Dictionary<Guid, PlayOutcome> outcomes = new(plays.Count);
        if (plays.Count > 0) await CommitAsync(connection, [.. plays.Values], outcomes, cancellation);
        foreach (var request in group) request.Answer(outcomes);
    }

    /// <summary>Commits plays; if a row cannot be stored, halves the group until the row is isolated.</summary>
    private async Task CommitAsync(
        NpgsqlConnection connection, IReadOnlyList<Play> plays, Dictionary<Guid, PlayOutcome> outcomes, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var fresh = await _store.CommitAsync(connection, plays, cancellation);
                foreach (var play in plays) outcomes[play.Id] = PlayOutcome.WasKnown;
                foreach (var play in fresh) outcomes[play.Id] = PlayOutcome.IsNew;
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
                    outcomes[plays[0].Id] = PlayOutcome.Of(exception);
                    _creatives.Forget(plays[0].CreativeId);
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
        if (_log.IsEnabled(LogLevel.Information))
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

    // Measured only if both agree: the player, whether it observed, and this server, whether it analysed what it received. A play of the
    // house loop has no exposures to compute.
    private Play ToPlay(ScreenEntry screen, PlayReport report, PlayedCreative creative, DateTimeOffset now) => new()
    {
        Id = report.PlayId,
        ScreenId = screen.Id,
        DecisionId = report.DecisionId,
        CreativeId = creative.Id,
        CampaignId = creative.CampaignId,
        OrganisationId = creative.OrganisationId,
        StartedAt = Stored(report.StartedAt),
        EndedAt = Stored(report.EndedAt),
        Day = screen.Calendar.DayOf(report.StartedAt),
        Hour = screen.Calendar.HourOf(report.StartedAt),
        End = report.End,
        Measured = report.Measured && !_gaps.Overlaps(screen.Id, report.StartedAt, report.EndedAt),
        FramesPresented = report.FramesPresented,
        ReceivedAt = now,
        ExposuresDue = creative.CampaignId is not null,
    };

    // Truncated to microseconds, as the database stores it, so that the totals match the rows.
    private static DateTimeOffset Stored(DateTimeOffset at) =>
        new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Information, "Play {PlayId} on screen {ScreenId}: creative {CreativeId}, campaign {CampaignId}, {End} after {Seconds:F1} s, measured {Measured}")]
    private partial void LogPlay(Guid playId, Guid screenId, Guid creativeId, Guid? campaignId, PlayEnd end, double seconds, bool measured);

    [LoggerMessage(LogLevel.Warning, "Play {PlayId} of screen {ScreenId} refused: {Reason}")]
    private partial void LogRefusal(Guid playId, Guid screenId, string reason);

    [LoggerMessage(LogLevel.Error, "Could not store play {PlayId} of screen {ScreenId}")]
    private partial void LogUnstorable(Exception exception, Guid playId, Guid screenId);

    [LoggerMessage(
        LogLevel.Warning,
        "Could not write the play reports of {Requests} requests: the database is unavailable ({Reason}); the players will retry")]
    private partial void LogOutage(int requests, string reason);

    [LoggerMessage(LogLevel.Error, "Could not write the play reports of {Requests} requests")]
    private partial void LogFailure(Exception exception, int requests);
}
