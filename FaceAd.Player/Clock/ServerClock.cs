using System.Text.Json;

namespace FaceAd.Player.Clock;

/// <summary>
/// The best local estimate of the server's time: the machine's monotonic clock plus an offset learnt from heartbeats. Of the latest
/// exchanges the one with the shortest round trip counts. First contact steps the clock; later corrections are slewed, so that
/// intervals hold and time never runs backwards. It steps again only when the server's own clock was set by more than
/// <see cref="StepBeyond"/>. Between boot and first contact the time is the machine's own, and timestamps carry a
/// <see cref="ClockMark"/>; a process restarted without a reboot reads the offset from its file. Without a server the clock runs on
/// its own. Thread-safe.
/// </summary>
sealed class ServerClock : TimeProvider
{
    /// <summary>Slew rate, in seconds per second. A play of 15 s is off by at most 75 ms.</summary>
    public const double SlewRate = 0.005;

    /// <summary>Number of latest exchanges of which the best counts: 40 seconds of heartbeats.</summary>
    public const int Newest = 8;

    /// <summary>First contact needs an exchange with at most this round trip, or the best of <see cref="FirstExchanges"/>.</summary>
    public static readonly TimeSpan GoodRoundTrip = TimeSpan.FromMilliseconds(200);

    /// <summary>See <see cref="GoodRoundTrip"/>. The caller sends heartbeats until <see cref="IsKnown"/>.</summary>
    public const int FirstExchanges = 5;

    /// <summary>A larger difference is stepped, not slewed.</summary>
    public static readonly TimeSpan StepBeyond = TimeSpan.FromSeconds(30);

    /// <summary>How often the file is rewritten.</summary>
    public static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(10);

    readonly TimeProvider _machine;
    readonly string _boot;
    readonly string? _file;
    readonly Lock _lock = new();
    readonly Queue<ClockExchange> _exchanges = [];
    readonly ClockDrift _drift = new();
    readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    DateTimeOffset _base;    // the time at _baseAt
    TimeSpan _baseAt;
    TimeSpan _left;          // still to be slewed in since then
    TimeSpan _stepped;
    DateTimeOffset _zero;    // estimated server time at monotonic zero; the machine's own time until that is known
    TimeSpan? _keptAt;

    /// <summary>Starts from the machine's clock, or from the file when it was written since the machine started.</summary>
    /// <param name="machine">The machine's own clocks.</param>
    /// <param name="boot">Id of the current boot.</param>
    /// <param name="file">File that keeps the offset; null for none.</param>
    public ServerClock(TimeProvider machine, string boot, string? file = null)
    {
        (_machine, _boot, _file) = (machine, boot, file);
        _baseAt = Elapsed(machine.GetTimestamp());
        _zero = machine.GetUtcNow() - _baseAt;
        if (Read(file) is { } kept && kept.Boot == boot)
        {
            _zero = kept.Zero;
            _known.SetResult();
        }
        _base = _zero + _baseAt;
    }

    /// <summary>Id of the current boot; one of this process alone where the system has none.</summary>
    public static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.NewGuid().ToString();
        }
    }

    /// <summary>Raised after a step, with its length. Earlier timestamps are off by it; see <see cref="Read()"/>.</summary>
    public event Action<TimeSpan>? Stepped;

    /// <summary>Completes when the server's time is known.</summary>
    public Task Known => _known.Task;

    /// <summary>Whether the time is the server's.</summary>
    public bool IsKnown => _known.Task.IsCompleted;

    /// <summary>
    /// How far the machine's own clock is ahead of the server's, negative when behind; null while the server's is unknown.
    /// </summary>
    public TimeSpan? OwnAhead
    {
        get
        {
            lock (_lock) return IsKnown ? _machine.GetUtcNow() - (_zero + Elapsed(_machine.GetTimestamp())) : null;
        }
    }

    /// <summary>
    /// Parts per million by which the machine's clock ran fast over the last hour, negative when slow; null while too little is known.
    /// See <see cref="ClockDrift"/>.
    /// </summary>
    public double? DriftPartsPerMillion
    {
        get
        {
            lock (_lock) return _drift.PartsPerMillion;
        }
    }

    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    public override long TimestampFrequency => _machine.TimestampFrequency;

    public override long GetTimestamp() => _machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return NowAt(Elapsed(_machine.GetTimestamp()));
    }

    /// <summary>Reads the time and its basis atomically.</summary>
    public ClockReading Read()
    {
        lock (_lock)
        {
            var mark = IsKnown ? null : new ClockMark(_boot, _zero);
            return new ClockReading(NowAt(Elapsed(_machine.GetTimestamp())), _stepped, mark);
        }
    }

    /// <summary>
    /// Correction for timestamps with this mark; null while it is unknown, and for good when the machine has been rebooted since.
    /// </summary>
    /// <param name="mark">Mark of the timestamps.</param>
    public TimeSpan? ShiftOf(ClockMark mark)
    {
        lock (_lock) return IsKnown && mark.Boot == _boot ? _zero - mark.Zero : null;
    }

    /// <summary>Takes the server's time from a reply.</summary>
    /// <param name="asked">When the request was sent, from <see cref="GetTimestamp"/>.</param>
    /// <param name="answered">When the reply arrived, likewise.</param>
    /// <param name="serverTime">The server's time in the reply.</param>
    public void Learn(long asked, long answered, DateTimeOffset serverTime)
    {
        var (from, to) = (Elapsed(asked), Elapsed(answered));
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from, nameof(answered));
        var middle = from + (to - from) / 2;
        var step = TimeSpan.Zero;
        ClockMark? keep = null;
        lock (_lock)
        {
            var exchange = new ClockExchange(middle, serverTime - middle, to - from);
            _exchanges.Enqueue(exchange);
            if (_exchanges.Count > Newest) _exchanges.Dequeue();
            if (!IsKnown && exchange.RoundTrip > GoodRoundTrip && _exchanges.Count < FirstExchanges) return;
            var best = _exchanges.Aggregate((one, other) => other.RoundTrip <= one.RoundTrip ? other : one);
            var at = Elapsed(_machine.GetTimestamp());
            var now = NowAt(at);
            var error = best.Zero + at - now;
            _zero = best.Zero;
            (_base, _baseAt, _left) = (now, at, error);
            if (!IsKnown || error.Duration() > StepBeyond)
            {
                (_base, _left, step) = (now + error, TimeSpan.Zero, error);
                _stepped += step;
                _drift.Clear();
                while (_exchanges.Peek() != best) _exchanges.Dequeue();
                _known.TrySetResult();
                _keptAt = null;
            }
            _drift.Add(exchange);
            // The time as it runs, not the server's while that is being slewed in: a process that starts again must not set it back.
            if (_keptAt is null || at - _keptAt >= KeepEvery) (_keptAt, keep) = (at, new ClockMark(_boot, _base - at));
        }
        if (keep is not null) Write(keep);
        if (step != TimeSpan.Zero) Stepped?.Invoke(step);
    }

    // Continuous and rising as long as _base, _baseAt and _left do not change.
    DateTimeOffset NowAt(TimeSpan at)
    {
        var gone = at - _baseAt;
        var slewed = TimeSpan.FromTicks(Math.Min(_left.Duration().Ticks, (long)(gone.Ticks * SlewRate)));
        return _base + gone + (_left < TimeSpan.Zero ? -slewed : slewed);
    }

    TimeSpan Elapsed(long stamp) => _machine.GetElapsedTime(0, stamp);

    static ClockMark? Read(string? file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<ClockMark>(File.ReadAllBytes(file)) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // the next heartbeat restores it
        }
    }

    void Write(ClockMark mark)
    {
        if (_file is null) return;
        try
        {
            DurableFile.Write(_file, JsonSerializer.SerializeToUtf8Bytes(mark));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Needed only by a process that restarts without a server.
        }
    }
}
