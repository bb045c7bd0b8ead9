using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>
/// Decides what the screen shows. Takes commands, page events and the time; returns the effects to carry out. Performs no I/O;
/// not thread-safe. Only the page's reports count: a run starts when its first frame has been presented, and a run whose end is not
/// reported ends with the last frame known to have been presented.
/// </summary>
/// <param name="newId">Creates play ids.</param>
/// <param name="alone">Decides while the server is away, among the creatives that are ready; null for the house loop.</param>
sealed class PlaybackMachine(Func<Guid> newId, Func<IReadOnlySet<Guid>, DateTimeOffset, OfflinePlay?> alone)
{
    /// <summary>How long before the end of a run the server is asked for the next one.</summary>
    public static readonly TimeSpan EndingNotice = TimeSpan.FromSeconds(1.5);

    /// <summary>A page that does not start a run within this time is restarted.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(6);

    /// <summary>A page that presents no new frame for this long is restarted.</summary>
    public static readonly TimeSpan FramePatience = TimeSpan.FromSeconds(3);

    ScreenProgramme? _programme;
    Dictionary<Guid, CreativeFile> _files = [];
    IReadOnlySet<Guid> _ready = new HashSet<Guid>();
    PlayCommand? _next;      // plays when the running play ends
    PlayCommand? _waiting;   // plays once its creative is in the cache and a page renders
    DateTimeOffset? _commandedAt; // when the newest command came
    (Run Run, DateTimeOffset Since)? _loading;
    OnScreen? _current;
    DateTimeOffset? _tickedAt;
    int _houseIndex, _failures;
    long _runs;

    public CommandOrder Order { get; } = new();

    /// <summary>Whether the rendering page is connected.</summary>
    public bool Rendering { get; private set; }

    /// <summary>The creative on screen; null when there is none.</summary>
    public CreativeFile? Showing => _current?.Run.File;

    /// <summary>The run on screen and its position; null when there is none.</summary>
    public (Run Run, TimeSpan MediaTime, DateTimeOffset At)? Position =>
        _current is { } current ? (current.Run, current.MediaTime, current.LastFrameAt) : null;

    /// <summary>Hashes of the creatives that must stay in the cache: those running or loading.</summary>
    public IEnumerable<string> HashesInUse => new[] { _current?.Run.File.Sha256, _loading?.Run.File.Sha256 }.OfType<string>();

    /// <summary>Takes a new programme. The current run continues to its end.</summary>
    public IReadOnlyList<PlaybackEffect> Programme(ScreenProgramme programme, DateTimeOffset now)
    {
        _programme = programme;
        _files = programme.Creatives.GroupBy(c => c.CreativeId).ToDictionary(g => g.Key, g => g.First());
        var effects = new List<PlaybackEffect>();
        PlayIfIdle(effects, now);
        return effects;
    }

    /// <summary>Takes the set of creatives that are in the cache and verified.</summary>
    public IReadOnlyList<PlaybackEffect> Ready(IReadOnlySet<Guid> ready, DateTimeOffset now)
    {
        _ready = ready;
        var effects = new List<PlaybackEffect>();
        if (_waiting is { } waiting && Rendering && !HasLapsed(now) && Playable(waiting.CreativeId) is { } file)
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
            if (wanted is { IsHouse: false } && NextOfHouse() is { } house) Begin(house, null, effects, now);
            else if (wanted is { IsHouse: false }) Clear(effects, now);
        }
        else if (Rendering && Playable(command.CreativeId) is { } file)
        {
            Begin(file, command, effects, now);
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
        var effects = new List<PlaybackEffect>();
        Rendering = false;
        if (_loading is { Run.Command: { } command } && command == Order.Newest) _waiting = command;
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
        _failures = 0;
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
        return Tick(now);
    }

    /// <summary>A run has presented its last frame.</summary>
    public IReadOnlyList<PlaybackEffect> Ended(long runId, DateTimeOffset at, int frames, DateTimeOffset now)
    {
        if (_current is not { } current || current.Run.Id != runId) return [];
        var effects = new List<PlaybackEffect>();
        current.Frames = Math.Max(frames, current.Frames);
        Close(PlayEnd.Completed, at, effects);
        if (_loading is null) PlayNext(effects, now);
        return effects;
    }

    /// <summary>The page cannot play a run.</summary>
    public IReadOnlyList<PlaybackEffect> Failed(long runId, string reason, DateTimeOffset now)
    {
        var effects = new List<PlaybackEffect>();
        if (_loading?.Run.Id == runId) _loading = null;
        else if (_current?.Run.Id == runId) Close(PlayEnd.Failed, null, effects);
        else return [];
        effects.Add(new Note($"The page cannot play run {runId}: {reason}", null));
        // A house loop of broken files must not spin.
        if (++_failures >= 3) effects.AddRange(Restart($"The page failed to play {_failures} times: {reason}.", now));
        else if (_current is null) PlayNext(effects, now);
        return effects;
    }

    /// <summary>Advances time. Call it a few times a second.</summary>
    public IReadOnlyList<PlaybackEffect> Tick(DateTimeOffset now)
    {
        // After a long gap it was this process that stood still: it cannot say that the page was silent.
        if (now - _tickedAt > TimeSpan.FromSeconds(1)) _current?.HeardAt = now;
        _tickedAt = now;
        if (!Rendering) return [];
        if (_loading is { } loading && now - loading.Since > StartPatience)
            return Restart($"The page did not start run {loading.Run.Id}.", now);
        if (_current is not { } current) return _loading is null && Alone(now) is { } show ? [show] : [];
        if (now - current.HeardAt > FramePatience) return Restart($"The page presented no new frame of run {current.Run.Id}.", now);
        var remaining = current.Length - current.MediaTime - (now - current.LastFrameAt);
        if (current.EndingTold || remaining > EndingNotice) return [];
        current.EndingTold = true;
        var left = remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining;
        return [new TellEnding(new PlayEnding(current.Run.IsHouse ? null : current.Run.File.CreativeId, left))];
    }

    /// <summary>Shifts all stored times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step)
    {
        _commandedAt += step;
        _tickedAt += step;
        if (_loading is { } loading) _loading = loading with { Since = loading.Since + step };
        _current?.Shift(step);
    }

    // The page counts as lost from here on; a new one will connect to render.
    List<PlaybackEffect> Restart(string reason, DateTimeOffset now)
    {
        _failures = 0;
        return [new RestartPage(reason), .. RendererLost(now)];
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
            if (Playable(wanted) is { } file)
            {
                Begin(file, command, effects, now);
                return;
            }
            _waiting = command;
            effects.Add(new Note("The creative is not in the cache yet; it plays once it is.", command.Sequence));
        }
        if (Alone(now) is { } show) effects.Add(show);
        else if (NextOfHouse() is { } house) Begin(house, null, effects, now);
        else effects.Add(new ShowStandby());
    }

    Show? Alone(DateTimeOffset now) =>
        alone(_ready, now) is { } play && Playable(play.Ticket.CreativeId) is { } file
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
        effects.Add(new PlayEnded(current.PlayId, current.Run, current.StartedAt, endedAt, end, current.Frames));
    }

    CreativeFile? Playable(Guid? creative) =>
        creative is { } id && _ready.Contains(id) && _files.TryGetValue(id, out var file) ? file : null;

    CreativeFile? NextOfHouse()
    {
        var loop = _programme?.HouseLoop ?? [];
        for (var step = 0; step < loop.Count; step++)
        {
            var index = (_houseIndex + step) % loop.Count;
            if (Playable(loop[index]) is not { } file) continue;
            _houseIndex = index + 1;
            return file;
        }
        return null;
    }
}
