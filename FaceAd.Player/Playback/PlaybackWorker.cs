using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player.Camera;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;

namespace FaceAd.Player.Playback;

/// <summary>
/// Runs the playback machine. All events pass through one channel, so the machine handles them one at a time and in order;
/// its effects are carried out here.
/// </summary>
sealed class PlaybackWorker(
    PageSockets pages, PlayOutbox outbox, MeasurementLog measurement, ProgrammeStore programmes, OfflineAds offline, PlayerStatus status,
    ServerClock clock, ILogger<PlaybackWorker> log) : BackgroundService
{
    static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);

    readonly PlaybackMachine _machine = new(Guid.CreateVersion7, offline.Next);
    readonly Channel<Func<PlaybackMachine, DateTimeOffset, IReadOnlyList<PlaybackEffect>>> _inputs =
        Channel.CreateUnbounded<Func<PlaybackMachine, DateTimeOffset, IReadOnlyList<PlaybackEffect>>>(new() { SingleReader = true });
    readonly List<(PlayReport Report, ClockMark? Mark)> _unsaved = [];
    TimeSpan _stepped; // total clock steps already applied to the machine's times
    ClockMark? _mark;  // basis of those times
    readonly Repeats _saving = new(clock);
    long _lastRound;

    /// <summary>When its loop last went round: a timestamp of the clock; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>Raised when the running play ends soon.</summary>
    public event Action<PlayEnding>? Ending;

    /// <summary>Raised when a command is acknowledged.</summary>
    public event Action<long>? Acknowledged;

    /// <summary>Raised with the reason when the page must be restarted.</summary>
    public event Action<string>? PageFailed;

    /// <summary>Says that a new connection to the server begins.</summary>
    public void Connecting() => Post((machine, _) =>
    {
        machine.Order.Connecting();
        return [];
    });

    /// <summary>Takes a command from the server.</summary>
    public void Play(PlayCommand command)
    {
        log.LogDebug("Command {Sequence}, decision {DecisionId}: creative {CreativeId}{When}.",
            command.Sequence, command.DecisionId, command.CreativeId, command.AtEnd ? " at the end of the running play" : " now");
        Post((machine, now) => machine.Command(command, now));
    }

    /// <summary>Takes the set of creatives that are in the cache.</summary>
    public void Ready(IReadOnlySet<Guid> ready) => Post((machine, now) => machine.Ready(ready, now));

    /// <summary>Hashes of the creatives that must not be removed from the cache now.</summary>
    public Task<IReadOnlyList<string>> HashesInUseAsync()
    {
        var answer = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Post((machine, _) =>
        {
            answer.SetResult([.. machine.HashesInUse]);
            return [];
        })) answer.SetResult([]);
        return answer.Task;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Here, not in the loop: the browser may be there before the loop is.
        pages.Happened += e =>
        {
            var stepped = clock.Read().Stepped;
            Post((machine, now) => Tell(machine, e with { At = e.At + (_stepped - stepped) }, now));
        };
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The page's connection is closed or about to close. Either way the current run ends here, exactly once.
        Post((machine, now) => machine.RendererLost(now));
        _inputs.Writer.TryComplete();
        if (ExecuteTask is { } task) await task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        programmes.Subscribe(programme =>
        {
            pages.SetNotice(programme.ScreenName, programme.Measurement ? programme.Notice : null);
            Post((machine, now) => machine.Programme(programme, now));
        });
        // Not the stopping token: the last input, Stop, must still be processed.
        using var timer = clock.CreateTimer(_ => Post((machine, now) => machine.Tick(now)), null, TickInterval, TickInterval);
        await foreach (var input in _inputs.Reader.ReadAllAsync(CancellationToken.None))
        {
            Volatile.Write(ref _lastRound, clock.GetTimestamp());
            try
            {
                foreach (var effect in input(_machine, Now())) Carry(effect);
                if (_unsaved.Count > 0) Save();
            }
            catch (Exception e) // one bad input must not end playback
            {
                log.LogError(e, "A playback step failed; playback continues.");
            }
            status.Page = new(_machine.Showing?.CreativeId, _machine.Rendering, pages.Problem);
            status.LeftOut = _machine.LeftOut(Now());
            pages.SetPosition(_machine.Position);
        }
    }

    // Reads the time, and first applies new clock steps to the machine.
    DateTimeOffset Now()
    {
        var reading = clock.Read();
        if (reading.Stepped != _stepped) _machine.Shift(reading.Stepped - _stepped);
        (_stepped, _mark) = (reading.Stepped, reading.Mark);
        return reading.Now;
    }

    bool Post(Func<PlaybackMachine, DateTimeOffset, IReadOnlyList<PlaybackEffect>> input) => _inputs.Writer.TryWrite(input);

    static IReadOnlyList<PlaybackEffect> Tell(PlaybackMachine machine, PageEvent e, DateTimeOffset now) => e.Kind switch
    {
        PageEventKind.Connected => machine.RendererConnected(now),
        PageEventKind.Lost => machine.RendererLost(now),
        PageEventKind.Started => machine.Started(e.Run, e.At, e.Length, now),
        PageEventKind.Progress => machine.Progress(e.Run, e.At, e.MediaTime, e.Frames, now),
        PageEventKind.Ended => machine.Ended(e.Run, e.At, e.Frames, now),
        PageEventKind.Failed => machine.Failed(e.Run, e.Reason ?? "no reason given", now),
        _ => [],
    };

    void Carry(PlaybackEffect effect)
    {
        switch (effect)
        {
            case Show show:
                pages.Show(show.Run);
                break;
            case Withdraw withdraw:
                pages.Withdraw(withdraw.Run, withdraw.Shown);
                break;
            case ShowStandby:
                pages.ShowStandby();
                break;
            case PlayStarted started:
                offline.Shown(started.Run.File);
                if (started.Run.Command is not null) PlayerMeters.CommandToFrame.Record(started.SinceWanted.TotalMilliseconds);
                log.LogDebug("Play {PlayId} of {Name} (creative {CreativeId}, decision {DecisionId}) is on screen {Screen} after {Milliseconds:0} ms.",
                    started.PlayId, started.Run.File.Name, started.Run.File.CreativeId, started.Run.DecisionId,
                    programmes.Current?.ScreenName, started.SinceWanted.TotalMilliseconds);
                break;
            case PlayEnded ended:
                Report(ended);
                break;
            case TellEnding tell:
                Ending?.Invoke(tell.Ending);
                break;
            case Acknowledge acknowledge:
                Acknowledged?.Invoke(acknowledge.Sequence);
                break;
            case RestartPage restart:
                log.LogWarning("{Reason} The page is restarted.", restart.Reason);
                PageFailed?.Invoke(restart.Reason);
                break;
            case Note note:
                // Without a command it is about the page, which cannot play.
                log.Log(note.Sequence is null ? LogLevel.Warning : LogLevel.Debug, "{Text} (command {Sequence})", note.Text, note.Sequence);
                break;
        }
    }

    void Report(PlayEnded ended)
    {
        var report = new PlayReport
        {
            PlayId = ended.PlayId,
            DecisionId = ended.Run.DecisionId,
            CreativeId = ended.Run.File.CreativeId,
            StartedAt = ended.StartedAt,
            EndedAt = ended.EndedAt,
            End = ended.End,
            Measured = measurement.WasWatched(ended.StartedAt, ended.EndedAt),
            FramesPresented = ended.FramesPresented,
        };
        PlayerMeters.Plays.Add(1, new KeyValuePair<string, object?>("end", report.End.ToString()));
        log.LogDebug("Play {PlayId} on screen {Screen} ended: {End} after {Seconds:0.00} s, {Frames} frames, {Measured}.",
            report.PlayId, programmes.Current?.ScreenName, report.End, (report.EndedAt - report.StartedAt).TotalSeconds,
            report.FramesPresented, report.Measured ? "measured" : "not measured");
        _unsaved.Add((report, _mark));
        Save();
    }

    void Save()
    {
        try
        {
            while (_unsaved.Count > 0)
            {
                outbox.Add(_unsaved[0].Report, _unsaved[0].Mark);
                _unsaved.RemoveAt(0);
            }
            if (_saving.End() is > 0 and var failures)
                log.LogInformation("Play reports are written to disk again, after {Count} failures.", failures);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_saving.Again()) return;
            log.LogError("{Count} play reports cannot be written to disk and wait in memory ({Failures} tries): {Reason}",
                _unsaved.Count, _saving.Count, e.Message);
        }
    }
}
