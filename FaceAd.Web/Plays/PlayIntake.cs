using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FaceAd.Contracts;
using FaceAd.Web.Frames;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>
/// Takes play reports: checks each, commits the good ones, knows the ones it has. One writer commits the requests of many players
/// together, so that a commit costs the same however many players wait for it; each request is answered after its commit.
/// </summary>
sealed partial class PlayIntake : BackgroundService
{
    /// <summary>The most requests that wait for the writer: 5 MB of reports at most. Further ones are turned away.</summary>
    public const int Capacity = 1024;

    /// <summary>No further request joins a group that has so many reports.</summary>
    private const int FullGroup = 2000;

    private const int Tries = 3;
    private static readonly TimeSpan LastWrites = TimeSpan.FromSeconds(5);
    private readonly PlayStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<PlayIntake> _log;
    private readonly AnalysisGaps _gaps;
    private readonly Counter<long> _plays;
    private readonly Counter<long> _turnedAway;
    private readonly Channel<PlayRequest> _requests = Channel.CreateBounded<PlayRequest>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public PlayIntake(PlayStore store, AnalysisGaps gaps, TimeProvider time, IMeterFactory meters, ILogger<PlayIntake> log)
    {
        (_store, _gaps, _time, _log) = (store, gaps, time, log);
        var meter = meters.Create("FaceAd.Plays");
        _plays = meter.CreateCounter<long>("facead.plays");
        _turnedAway = meter.CreateCounter<long>("facead.plays.turned_away", description: "Requests answered 503 because too many waited");
        meter.CreateObservableGauge("facead.plays.waiting", () => _requests.Reader.Count, description: "Requests that wait for the writer");
    }

    /// <summary>Raised after a commit, with the plays that are new.</summary>
    public event Action<IReadOnlyList<Play>>? Committed;

    /// <summary>Takes one request's reports. Completes when those that can be taken are committed.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="reports">Its reports.</param>
    /// <param name="cancellation">Stops the waiting; what was queued may still be committed.</param>
    /// <exception cref="BusyException">Too much waits, or the database is away: nothing is promised; the player sends again.</exception>
    public async Task<PlayReceipt> CommitAsync(ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        if (reports.Count == 0) return new PlayReceipt(0, 0, []);
        var request = new PlayRequest(screen, reports);
        if (!_requests.Writer.TryWrite(request))
        {
            _turnedAway.Add(1);
            throw new BusyException("More play reports come than can be written; none of these was kept.");
        }
        return await request.Done.WaitAsync(cancellation);
    }

    /// <summary>What was taken in by now is still written, as long as the database answers; all of it is answered.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _requests.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastWrites);
        while (_requests.Reader.TryPeek(out _)) await RunCycleAsync(patience.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A group that has been begun is finished: stopping is waited for between groups.
        while (await _requests.Reader.WaitToReadAsync(stoppingToken)) await RunCycleAsync(CancellationToken.None);
    }

    /// <summary>Writes what is queued, group after group over one connection; an outage ends the cycle. Every request taken is answered.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var group = TakeGroup();
        try
        {
            await using var connection = await _store.OpenAsync(cancellation);
            for (; group.Count > 0; group = TakeGroup()) await CommitAsync(connection, group, cancellation);
        }
        catch (Exception exception)
        {
            if (exception is NpgsqlException and not PostgresException { IsTransient: false })
            {
                LogOutage(group.Count, exception.Message);
                exception = new BusyException("The database does not take play reports now; none of these is promised.", exception);
            }
            else if (exception is not OperationCanceledException)
            {
                LogFailure(exception, group.Count);
            }
            foreach (var request in group) request.Fail(exception);
        }
    }

    private List<PlayRequest> TakeGroup()
    {
        List<PlayRequest> group = [];
        for (var reports = 0; reports < FullGroup && _requests.Reader.TryRead(out var request); reports += request.Reports.Count) group.Add(request);
        return group;
    }

    private async Task CommitAsync(NpgsqlConnection connection, List<PlayRequest> group, CancellationToken cancellation)
    {
        var (films, known) = await _store.FindAsync(
            connection, group.SelectMany(r => r.Reports).Select(r => r.CreativeId), group.SelectMany(r => r.Reports).Select(r => r.PlayId), cancellation);
        var now = _time.GetUtcNow();
        Dictionary<Guid, Play> plays = [];
        foreach (var request in group)
        {
            foreach (var report in request.Reports)
            {
                PlayedFilm? film = films.TryGetValue(report.CreativeId, out var found) ? found : null;
                if (PlayReportRules.FindFault(report, film?.Seconds, now) is { } fault) request.Refuse(report.PlayId, fault);
                else if (known.Contains(report.PlayId)) request.IsKnown();
                else if (plays.TryAdd(report.PlayId, ToPlay(request.Screen, report, found, now))) request.Await(report.PlayId, first: true);
                else request.Await(report.PlayId, first: false); // a second try beside the first
            }
        }
        Dictionary<Guid, PlayOutcome> outcomes = new(plays.Count);
        if (plays.Count > 0) await CommitAsync(connection, [.. plays.Values], outcomes, cancellation);
        foreach (var request in group)
        {
            request.Answer(outcomes);
            foreach (var refused in request.Refused) LogRefusal(refused.PlayId, request.Screen.Id, refused.Reason);
        }
    }

    /// <summary>Commits plays; when a row cannot be stored, smaller and smaller pieces, until it stands alone.</summary>
    private async Task CommitAsync(NpgsqlConnection connection, IReadOnlyList<Play> plays, Dictionary<Guid, PlayOutcome> outcomes, CancellationToken cancellation)
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
                // A deadlock or the like with another node: the same again.
            }
            catch (PostgresException exception) when (IsFaultOfARow(exception))
            {
                if (plays.Count == 1)
                {
                    outcomes[plays[0].Id] = PlayOutcome.Of(exception);
                    _store.Forget(plays[0].CreativeId);
                    LogUnstorable(exception, plays[0].Id);
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
                LogPlay(play.Id, play.ScreenId, play.CreativeId, play.CampaignId, play.End, (play.EndedAt - play.StartedAt).TotalSeconds, play.Measured);
        }
        Committed?.Invoke(fresh);
    }

    // Data exceptions and integrity violations: the rest of the group has no part in them.
    private static bool IsFaultOfARow(PostgresException exception) => exception.SqlState.StartsWith("22", StringComparison.Ordinal) || exception.SqlState.StartsWith("23", StringComparison.Ordinal);

    // The player knows whether it watched; this server knows whether it analysed what it was sent. A play of the house loop has no exposures to compute.
    private Play ToPlay(ScreenEntry screen, PlayReport report, PlayedFilm film, DateTimeOffset now) => new()
    {
        Id = report.PlayId,
        ScreenId = screen.Id,
        DecisionId = report.DecisionId,
        CreativeId = film.Id,
        CampaignId = film.CampaignId,
        OrganisationId = film.OrganisationId,
        StartedAt = Stored(report.StartedAt),
        EndedAt = Stored(report.EndedAt),
        Day = screen.Calendar.DayOf(report.StartedAt),
        Hour = screen.Calendar.HourOf(report.StartedAt),
        End = report.End,
        Measured = report.Measured && !_gaps.Overlaps(screen.Id, report.StartedAt, report.EndedAt),
        FramesPresented = report.FramesPresented,
        ReceivedAt = now,
        ExposuresDue = film.CampaignId is not null,
    };

    // As the database keeps it: sums that are added here must be those of the rows.
    private static DateTimeOffset Stored(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    [LoggerMessage(LogLevel.Information, "Play {PlayId} on screen {ScreenId}: creative {CreativeId}, campaign {CampaignId}, {End} after {Seconds:F1} s, measured {Measured}")]
    private partial void LogPlay(Guid playId, Guid screenId, Guid creativeId, Guid? campaignId, PlayEnd end, double seconds, bool measured);

    [LoggerMessage(LogLevel.Warning, "Play {PlayId} of screen {ScreenId} refused: {Reason}")]
    private partial void LogRefusal(Guid playId, Guid screenId, string reason);

    [LoggerMessage(LogLevel.Error, "Play {PlayId} could not be stored")]
    private partial void LogUnstorable(Exception exception, Guid playId);

    [LoggerMessage(LogLevel.Warning, "The database does not take play reports of {Requests} requests ({Reason}); their players try again")]
    private partial void LogOutage(int requests, string reason);

    [LoggerMessage(LogLevel.Error, "Play reports of {Requests} requests could not be written")]
    private partial void LogFailure(Exception exception, int requests);
}
