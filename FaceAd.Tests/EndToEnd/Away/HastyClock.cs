using System.Collections.Concurrent;

namespace FaceAd.Tests.EndToEnd.Away;

/// <summary>The system's clocks, some time ahead: what would have to be waited for has passed.</summary>
/// <param name="tellsTimers">Whether timers know of it; else they go by the system's time.</param>
internal sealed class HastyClock(bool tellsTimers) : TimeProvider
{
    private readonly ConcurrentDictionary<Timer, bool> _timers = [];
    private long _ahead; // ticks

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    /// <inheritdoc/>
    public override long GetTimestamp() =>
        base.GetTimestamp() + (long)(Volatile.Read(ref _ahead) * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!tellsTimers) return base.CreateTimer(callback, state, dueTime, period);
        var timer = new Timer(this, callback, state);
        _timers[timer] = true;
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass.</summary>
    public void Forward(TimeSpan time)
    {
        Interlocked.Add(ref _ahead, time.Ticks);
        foreach (var timer in _timers.Keys) timer.Catch();
    }

    private ITimer NewSystemTimer(TimerCallback callback) => base.CreateTimer(callback, null, Never, Never);

    private static TimeSpan Never => Timeout.InfiniteTimeSpan;

    // Of the system's timers, started anew whenever time has passed.
    private sealed class Timer : ITimer
    {
        private readonly Lock _lock = new();
        private readonly HastyClock _clock;
        private readonly ITimer _timer;
        private TimeSpan? _dueAt; // since the clock's zero
        private TimeSpan _period;

        public Timer(HastyClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _timer = clock.NewSystemTimer(_ =>
            {
                Next();
                callback(state);
            });
        }

        private TimeSpan Now => _clock.GetElapsedTime(0);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                (_dueAt, _period) = (dueTime == Never ? null : Now + dueTime, period);
                return _timer.Change(dueTime, Never);
            }
        }

        /// <summary>Is due earlier: time has passed.</summary>
        public void Catch()
        {
            lock (_lock)
            {
                if (_dueAt is not { } at) return;
                var left = at - Now;
                _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Never);
            }
        }

        public void Dispose()
        {
            _clock._timers.TryRemove(this, out _);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _clock._timers.TryRemove(this, out _);
            return _timer.DisposeAsync();
        }

        private void Next()
        {
            lock (_lock)
            {
                if (_period == Never || _period <= TimeSpan.Zero)
                {
                    _dueAt = null;
                    return;
                }
                _dueAt = Now + _period;
                _timer.Change(_period, Never);
            }
        }
    }
}
