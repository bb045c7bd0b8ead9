using System.Collections.Concurrent;

namespace FaceAd.Web.Hosting;

/// <summary>
/// Limits log lines that an outside fault can repeat without end, such as a screen with a bad cable: so many per key and period. The next
/// line after that is preceded by how many were left out. Thread-safe.
/// </summary>
/// <typeparam name="TKey">What the lines are about; there is a bounded number, such as screens.</typeparam>
/// <param name="log">Where the number goes.</param>
/// <param name="time">The clock.</param>
/// <param name="most">The most lines about one key in a period.</param>
/// <param name="period">The period, from a key's first line.</param>
sealed class LogLimit<TKey>(ILogger log, TimeProvider time, int most, TimeSpan period)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Window> _windows = new();

    /// <summary>Whether a line about a key may be written now.</summary>
    public bool Allows(TKey key)
    {
        var window = _windows.GetOrAdd(key, static _ => new Window());
        var leftOut = 0;
        lock (window)
        {
            var now = time.GetTimestamp();
            if (window.Lines == 0 || time.GetElapsedTime(window.Since, now) >= period)
            {
                leftOut = Math.Max(0, window.Lines - most);
                (window.Since, window.Lines) = (now, 0);
            }
            if (++window.Lines > most) return false;
        }
        if (leftOut > 0) log.LogWarning("{Count} lines about {Key} were left out", leftOut, key);
        return true;
    }

    // Guarded by itself.
    private sealed class Window
    {
        public long Since;
        public int Lines;
    }
}
