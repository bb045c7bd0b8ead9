namespace FaceAd.Player.Clock;

/// <summary>
/// How fast the machine's clock runs against the server's, by the best exchange of each minute of the last hour: the slope of a
/// least-squares line. Not thread-safe.
/// </summary>
internal sealed class ClockDrift
{
    /// <summary>How far back it looks.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The least time that it must have watched.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(10);

    /// <summary>The worst error of the answer that is let pass, in parts per million: a network of long round trips must be watched for longer.</summary>
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
            var (meanAt, meanZero) = (_minutes.Average(m => (m.At - origin.At).TotalSeconds), _minutes.Average(m => (m.Zero - origin.Zero).TotalSeconds));
            double above = 0, below = 0;
            foreach (var minute in _minutes)
            {
                var at = (minute.At - origin.At).TotalSeconds - meanAt;
                above += at * ((minute.Zero - origin.Zero).TotalSeconds - meanZero);
                below += at * at;
            }
            // The server gets ahead of a clock that runs slow.
            return -above / below * 1e6;
        }
    }

    /// <summary>Takes an exchange in.</summary>
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

    /// <summary>Forgets everything: the server's clock was set.</summary>
    public void Clear() => _minutes.Clear();

    static long Minute(ClockExchange exchange) => exchange.At.Ticks / TimeSpan.TicksPerMinute;
}

/// <summary>One question to the server for its time.</summary>
/// <param name="At">Middle of the exchange by the machine's monotonic clock.</param>
/// <param name="Zero">The server's time when the monotonic clock was zero, taking the way there as long as the way back.</param>
/// <param name="RoundTrip">From the question to the answer; <see cref="Zero"/> is at most half of it off.</param>
internal sealed record ClockExchange(TimeSpan At, DateTimeOffset Zero, TimeSpan RoundTrip);
