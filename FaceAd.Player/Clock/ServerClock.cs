using System.Text.Json;

namespace FaceAd.Player.Clock;

/// <summary>
/// The server's time, as near as it can be known here: the machine's monotonic clock plus what heartbeats have taught. Of the newest
/// exchanges the one of the shortest round trip counts. The first contact is one step; later corrections are slewed in, so that
/// intervals hold and time never runs backwards. Only a server whose own clock was set by more than <see cref="StepBeyond"/> makes a
/// further step. Before the first contact after a start of the machine the time is the machine's own, and stamps carry a
/// <see cref="ClockMark"/>; a process that is started again while the machine runs on knows the time from its file. Without a server it goes on by itself.
/// Thread-safe.
/// </summary>
internal sealed class ServerClock : TimeProvider
{
    /// <summary>Seconds that a second may be longer or shorter while a correction is slewed in: a play of 15 s is at most 75 ms off.</summary>
    public const double SlewRate = 0.005;

    /// <summary>Newest exchanges of which the best counts: 40 seconds of heartbeats.</summary>
    public const int Newest = 8;

    /// <summary>The first contact is made by an exchange of at most this round trip, or by the best of <see cref="FirstExchanges"/>.</summary>
    public static readonly TimeSpan GoodRoundTrip = TimeSpan.FromMilliseconds(200);

    /// <summary>See <see cref="GoodRoundTrip"/>. Who asks goes on asking until <see cref="IsKnown"/>.</summary>
    public const int FirstExchanges = 5;

    /// <summary>A difference beyond this is stepped over, not slewed.</summary>
    public static readonly TimeSpan StepBeyond = TimeSpan.FromSeconds(30);

    /// <summary>How often the file is written anew.</summary>
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
    DateTimeOffset _zero;    // the best that is known of the server's time at monotonic zero; before, the machine's own
    TimeSpan? _keptAt;

    /// <summary>Starts from the machine's clock, or from the file when it was written since the machine started.</summary>
    /// <param name="machine">The machine's own clocks.</param>
    /// <param name="boot">Identity of this run of the machine.</param>
    /// <param name="file">Where to keep what was learnt; null for nowhere.</param>
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

    /// <summary>Identity of this run of the machine; one of this process where the system has none.</summary>
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

    /// <summary>Raised after a step, with its length. Stamps of before are of another time; see <see cref="Read()"/>.</summary>
    public event Action<TimeSpan>? Stepped;

    /// <summary>Completes when the server's time is known.</summary>
    public Task Known => _known.Task;

    /// <summary>Whether the time is the server's.</summary>
    public bool IsKnown => _known.Task.IsCompleted;

    /// <summary>How far the machine's own clock is ahead of the server's, negative when behind; null while the server's is unknown.</summary>
    public TimeSpan? OwnAhead
    {
        get
        {
            lock (_lock) return IsKnown ? _machine.GetUtcNow() - (_zero + Elapsed(_machine.GetTimestamp())) : null;
        }
    }

    /// <summary>Parts per million by which the machine's clock runs fast over the last hour; null while too little is known. See <see cref="ClockDrift"/>.</summary>
    public double? DriftPartsPerMillion
    {
        get
        {
            lock (_lock) return _drift.PartsPerMillion;
        }
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _machine.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => _machine.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _machine.CreateTimer(callback, state, dueTime, period);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return NowAt(Elapsed(_machine.GetTimestamp()));
    }

    /// <summary>The time and what it rests on, in one look.</summary>
    public ClockReading Read()
    {
        lock (_lock)
        {
            var mark = IsKnown ? null : new ClockMark(_boot, _zero);
            return new ClockReading(NowAt(Elapsed(_machine.GetTimestamp())), _stepped, mark);
        }
    }

    /// <summary>What stamps of a mark are to be moved by; null while that is unknown, or for good when the machine was started anew since.</summary>
    /// <param name="mark">The mark.</param>
    public TimeSpan? ShiftOf(ClockMark mark)
    {
        lock (_lock) return IsKnown && mark.Boot == _boot ? _zero - mark.Zero : null;
    }

    /// <summary>The server has told its time.</summary>
    /// <param name="asked">When it was asked, a <see cref="GetTimestamp"/>.</param>
    /// <param name="answered">When the answer had come, likewise.</param>
    /// <param name="serverTime">What it said.</param>
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
            if (_keptAt is null || at - _keptAt >= KeepEvery) (_keptAt, keep) = (at, new ClockMark(_boot, _zero));
        }
        if (keep is not null) Write(keep);
        if (step != TimeSpan.Zero) Stepped?.Invoke(step);
    }

    // Continuous and rising for as long as _base, _baseAt and _left stay.
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
            return null; // the next contact teaches it again
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
            // Only a process that starts again without a server would miss it.
        }
    }
}
