namespace FaceAd.Player.Clock;

/// <summary>
/// Drift of the machine's clock against the server's: the slope of a least-squares line through the best exchange of each minute
/// of the last hour. Not thread-safe.
/// </summary>
sealed class ClockDrift
{
    /// <summary>Time span of the estimate.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Minimum time span for an estimate.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Largest possible error of an estimate, in parts per million. Longer round trips therefore need a longer time span.
    /// </summary>
    public const double WorstError = 100;

    readonly List<ClockExchange> _minutes = [];

    /// <summary>Parts per million by which the machine's clock runs fast, negative when slow; null while too little is known.</summary>
    public double? PartsPerMillion
    {
        get
        {
            if (_minutes.Count < 3) return null;
            var span = (_minutes[^1].At - _minutes[0].At).TotalSeconds;
            var worst = _minutes.Max(m => m.RoundTrip).TotalSeconds / span * 1e6;
            if (span < Least.TotalSeconds || worst > WorstError) return null;
            var origin = _minutes[0];
            var (meanAt, meanZero) = (_minutes.Average(m => (m.At - origin.At).TotalSeconds),
                _minutes.Average(m => (m.Zero - origin.Zero).TotalSeconds));
            double above = 0, below = 0;
            foreach (var minute in _minutes)
            {
                var at = (minute.At - origin.At).TotalSeconds - meanAt;
                above += at * ((minute.Zero - origin.Zero).TotalSeconds - meanZero);
                below += at * at;
            }
            // The server's time gains on a clock that runs slow, hence the sign.
            return -above / below * 1e6;
        }
    }

    /// <summary>Adds an exchange.</summary>
    public void Add(ClockExchange exchange)
    {
        if (_minutes.Count > 0 && Minute(_minutes[^1]) == Minute(exchange))
        {
            if (exchange.RoundTrip < _minutes[^1].RoundTrip) _minutes[^1] = exchange;
            return;
        }
        _minutes.Add(exchange);
        while (exchange.At - _minutes[0].At > Window) _minutes.RemoveAt(0);
    }

    /// <summary>Discards all exchanges, because the server's clock was set.</summary>
    public void Clear() => _minutes.Clear();

    static long Minute(ClockExchange exchange) => exchange.At.Ticks / TimeSpan.TicksPerMinute;
}

/// <summary>One request to the server for its time.</summary>
/// <param name="At">Middle of the exchange by the machine's monotonic clock.</param>
/// <param name="Zero">The server's time when the monotonic clock was zero, assuming equal delay in both directions.</param>
/// <param name="RoundTrip">Time from request to reply; the error of <see cref="Zero"/> is at most half of it.</param>
sealed record ClockExchange(TimeSpan At, DateTimeOffset Zero, TimeSpan RoundTrip);
