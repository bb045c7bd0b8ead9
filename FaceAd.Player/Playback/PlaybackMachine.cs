using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>
/// Decides what the screen shows. Takes commands, page events and the time; returns the effects to carry out. Performs no I/O;
/// not thread-safe. Only the page's reports count: a run starts when its first frame has been presented, and a run whose end is not
/// reported ends with the last frame known to have been presented.
/// </summary>
/// <param name="newId">Creates play ids.</param>
/// <param name="alone">Decides while the server is away, among the creatives that are ready; null for the house loop.</param>
sealed partial class PlaybackMachine(Func<Guid> newId, Func<IReadOnlySet<Guid>, DateTimeOffset, OfflinePlay?> alone)
{
    /// <summary>How long before the end of a run the server is asked for the next one.</summary>
    public static readonly TimeSpan EndingNotice = TimeSpan.FromSeconds(1.5);

    readonly ProgrammeVideos _videos = new();
    PlayCommand? _next;      // plays when the running play ends
    PlayCommand? _waiting;   // plays once its creative is in the cache and a page renders
    DateTimeOffset? _commandedAt; // when the newest command came
    (Run Run, DateTimeOffset Since)? _loading;
    OnScreen? _current;
    DateTimeOffset? _tickedAt;
    bool _doubted; // a run stood still, and none has started since: the video's fault, or the page's
    int _failures;
    long _runs;

    public CommandOrder Order { get; } = new();

    /// <summary>Whether the rendering page is connected.</summary>
    public bool Rendering { get; private set; }

    /// <summary>The creative on screen; null when there is none.</summary>
    public CreativeFile? Showing => _current?.Run.File;

    /// <summary>The run on screen and its position; null when there is none.</summary>
    public (Run Run, TimeSpan MediaTime, DateTimeOffset At)? Position =>
        _current is { } current ? (current.Run, current.MediaTime, current.LastFrameAt) : null;

    /// <summary>The creatives that fail on this screen and are left out.</summary>
    public IReadOnlyList<Guid> LeftOut(DateTimeOffset now) => _videos.LeftOut(now);

    /// <summary>Hashes of the creatives that must stay in the cache: those running or loading.</summary>
    public IEnumerable<string> HashesInUse => new[] { _current?.Run.File.Sha256, _loading?.Run.File.Sha256 }.OfType<string>();

    /// <summary>Takes a new programme. The current run continues to its end.</summary>
    public IReadOnlyList<PlaybackEffect> Programme(ScreenProgramme programme, DateTimeOffset now)
    {
        _videos.Replace(programme);
        var effects = new List<PlaybackEffect>();
        PlayIfIdle(effects, now);
        return effects;
    }

    /// <summary>Takes the set of creatives that are in the cache and verified.</summary>
    public IReadOnlyList<PlaybackEffect> Ready(IReadOnlySet<Guid> ready, DateTimeOffset now)
    {
        _videos.Ready = ready;
        var effects = new List<PlaybackEffect>();
        if (_waiting is { } waiting && Rendering && !HasLapsed(now) && _videos.Playable(waiting.CreativeId, now) is { } file)
        {
            _waiting = null;
            effects.Add(new Note("The creative has arrived and plays now.", waiting.Sequence));
            Begin(file, waiting, effects, now);
        }
        PlayIfIdle(effects, now);
        return effects;
    }

    /// <summary>Takes a command from the server. One that does not count, by <see cref="Order"/>, is ignored.</summary>
    public IReadOnlyList<PlaybackEffect> Command(PlayCommand command, DateTimeOffset now)
    {
        if (!Order.Take(command)) // the latest one is sent again when its acknowledgement was lost
            return [command == Order.Newest ? new Acknowledge(command.Sequence) : new Note("An older one was ignored.", command.Sequence)];
        _commandedAt = now;
        (_next, _waiting) = (null, null);
        var effects = new List<PlaybackEffect> { new Acknowledge(command.Sequence) };
        if (command.AtEnd && (_current is not null || _loading is not null))
        {
            _next = command;
        }
        else if (command.CreativeId is null)
        {
            // Back to the house loop: let a house run continue, interrupt any other.
            var wanted = _loading?.Run ?? _current?.Run;
            if (wanted is { IsHouse: false } && _videos.NextOfHouse(now) is { } house) Begin(house, null, effects, now);
            else if (wanted is { IsHouse: false }) Clear(effects, now);
        }
        else if (Rendering && _videos.Playable(command.CreativeId, now) is { } file)
        {
            Begin(file, command, effects, now);
        }
        else if (_videos.IsLeftOut(command.CreativeId, now))
        {
            effects.Add(new Note("The creative fails on this screen and is left out.", command.Sequence));
            PlayIfIdle(effects, now);
        }
        else
        {
            _waiting = command;
            var reason = Rendering ? "The creative is not in the cache yet; it plays once it is." : "No page renders; the command waits.";
            effects.Add(new Note(reason, command.Sequence));
        }
        return effects;
    }

    /// <summary>The rendering page has connected.</summary>
    public IReadOnlyList<PlaybackEffect> RendererConnected(DateTimeOffset now)
    {
        var effects = new List<PlaybackEffect>();
        Rendering = true;
        PlayIfIdle(effects, now);
        if (_loading is null && _current is null) effects.Add(new ShowStandby());
        return effects;
    }

    /// <summary>The rendering page has disconnected. Its run ends with the last frame known to have been presented.</summary>
    public IReadOnlyList<PlaybackEffect> RendererLost(DateTimeOffset now)
    {
        // A video that ends its page, time and again, is as bad as one that stands still; a second time it is not waited for.
        var isBlamed = false;
        if ((_loading?.Run ?? _current?.Run) is { } run)
        {
            isBlamed = _videos.HasFailed(run.File);
            _videos.Failed(run.File, now);
        }
        return Lose(again: !isBlamed);
    }

    List<PlaybackEffect> Lose(bool again)
    {
        var effects = new List<PlaybackEffect>();
        (Rendering, _doubted) = (false, false);
        if (_loading is { Run.Command: { } command } && command == Order.Newest) _waiting = again ? command : null;
        else if (_next is { CreativeId: not null }) _waiting = _next;
        (_loading, _next) = (null, null);
        Close(PlayEnd.Failed, null, effects);
        return effects;
    }

    /// <summary>The first frame of a run has been presented.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="at">When (player's clock).</param>
    /// <param name="length">Length of the creative as the page reports it; null when it does not know.</param>
    /// <param name="now">Current time.</param>
    public IReadOnlyList<PlaybackEffect> Started(long runId, DateTimeOffset at, TimeSpan? length, DateTimeOffset now)
    {
        if (_loading is not { } loading || loading.Run.Id != runId) return [];
        var effects = new List<PlaybackEffect>();
        // The old run's last frame leaves the screen when the new run's first frame appears.
        Close(PlayEnd.Interrupted, at, effects);
        _loading = null;
        _doubted = false;
        _current = new OnScreen(loading.Run.Alone?.PlayId ?? newId(), loading.Run)
        {
            StartedAt = at,
            Frames = 1,
            HeardAt = now,
            LastFrameAt = at,
            Length = length > TimeSpan.Zero ? length.Value : TimeSpan.FromSeconds(loading.Run.File.Seconds),
        };
        effects.Add(new PlayStarted(_current.PlayId, loading.Run, at - loading.Since));
        return effects;
    }

    /// <summary>A run is in progress.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="at">When its latest frame was presented (player's clock).</param>
    /// <param name="mediaTime">Position of that frame in the creative.</param>
    /// <param name="frames">Frames presented so far.</param>
    /// <param name="now">Current time.</param>
    public IReadOnlyList<PlaybackEffect> Progress(long runId, DateTimeOffset at, TimeSpan mediaTime, int frames, DateTimeOffset now)
    {
        if (_current is not { } current || current.Run.Id != runId) return [];
        if (frames > current.Frames || mediaTime > current.MediaTime) current.HeardAt = now;
        if (at > current.LastFrameAt) current.LastFrameAt = at;
        (current.MediaTime, current.Frames) = (mediaTime, Math.Max(frames, current.Frames));
        if (mediaTime >= PagePatience.Frame) _failures = 0; // it plays
        return Tick(now);
    }

    /// <summary>A run has presented its last frame.</summary>
    public IReadOnlyList<PlaybackEffect> Ended(long runId, DateTimeOffset at, int frames, DateTimeOffset now)
    {
        if (_current is not { } current || current.Run.Id != runId) return [];
        var effects = new List<PlaybackEffect>();
        current.Frames = Math.Max(frames, current.Frames);
        _failures = 0;
        Close(PlayEnd.Completed, at, effects);
        if (_loading is null) PlayNext(effects, now);
        return effects;
    }

    /// <summary>Shifts all stored times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step)
    {
        _commandedAt += step;
        _tickedAt += step;
        if (_loading is { } loading) _loading = loading with { Since = loading.Since + step };
        _current?.Shift(step);
        _videos.Shift(step);
    }

    void PlayIfIdle(List<PlaybackEffect> effects, DateTimeOffset now)
    {
        if (Rendering && _current is null && _loading is null) PlayNext(effects, now);
    }

    void PlayNext(List<PlaybackEffect> effects, DateTimeOffset now)
    {
        var command = HasLapsed(now) ? null : _next ?? _waiting;
        (_next, _waiting) = (null, null);
        if (command is { CreativeId: { } wanted })
        {
            if (_videos.Playable(wanted, now) is { } file)
            {
                Begin(file, command, effects, now);
                return;
            }
            if (!_videos.IsLeftOut(wanted, now))
            {
                _waiting = command;
                effects.Add(new Note("The creative is not in the cache yet; it plays once it is.", command.Sequence));
            }
        }
        if ((Alone(now) ?? House(now)) is { } show) effects.Add(show);
        else Clear(effects, now);
    }

    Show? House(DateTimeOffset now) => _videos.NextOfHouse(now) is { } file ? Load(new Run(++_runs, file, null), now) : null;

    Show? Alone(DateTimeOffset now) =>
        alone(_videos.AllPlayable(now), now) is { } play && _videos.Playable(play.Ticket.CreativeId, now) is { } file
            ? Load(new Run(++_runs, file, null, play), now) : null;

    // No command can be waiting but the newest.
    bool HasLapsed(DateTimeOffset now) => now - _commandedAt > PlayCommand.Lifetime;

    void Begin(CreativeFile file, PlayCommand? command, List<PlaybackEffect> effects, DateTimeOffset now) =>
        effects.Add(Load(new Run(++_runs, file, command), now));

    Show Load(Run run, DateTimeOffset now)
    {
        _loading = (run, now);
        return new Show(run);
    }

    void Clear(List<PlaybackEffect> effects, DateTimeOffset now)
    {
        _loading = null;
        Close(PlayEnd.Interrupted, now, effects);
        effects.Add(new ShowStandby());
    }

    /// <summary>Ends the run on screen, if any; without a time, at the last frame known to have been presented.</summary>
    void Close(PlayEnd end, DateTimeOffset? at, List<PlaybackEffect> effects)
    {
        if (_current is not { } current) return;
        _current = null;
        var endedAt = at ?? current.LastFrameAt;
        if (endedAt < current.StartedAt) endedAt = current.StartedAt;
        if (end != PlayEnd.Failed) _videos.Played(current.Run.File);
        effects.Add(new PlayEnded(current.PlayId, current.Run, current.StartedAt, endedAt, end, current.Frames));
    }
}
