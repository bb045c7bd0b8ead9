namespace FaceAd.Core;

/// <summary>
/// Which lines of a log are written where a fault repeats, several times a second perhaps. Of each kind what was not said in this minute is
/// written at once, up to <see cref="Most"/> lines; the others are counted, and the count is told when the minute is over. Not thread-safe.
/// </summary>
/// <typeparam name="TKind">A kind of line; there is a bounded number.</typeparam>
/// <typeparam name="TLine">A line.</typeparam>
public sealed class RepeatedLines<TKind, TLine>
    where TKind : notnull
{
    /// <summary>The most lines of one kind in a minute: each may be about another screen, say.</summary>
    public const int Most = 10;

    /// <summary>A minute from the first line of a kind on, and the next one as long as lines are left out.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Dictionary<TKind, Window> _windows = [];

    /// <summary>A line is to be written.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="text">All it says: the same text is not written again.</param>
    /// <param name="line">The line.</param>
    /// <param name="now">The time since some instant.</param>
    /// <returns>Whether it is written; else it is counted.</returns>
    public bool Allows(TKind kind, string text, TLine line, TimeSpan now)
    {
        if (!_windows.TryGetValue(kind, out var window)) _windows.Add(kind, window = new Window(now));
        if (window.Said.Count < Most && window.Said.Add(text)) return true;
        (window.LeftOut, window.Last, window.LastText) = (window.LeftOut + 1, line, text);
        return false;
    }

    /// <summary>Ends the minutes that are over.</summary>
    /// <param name="now">The time since the same instant.</param>
    /// <returns>What was left out in them: how many lines, and the last.</returns>
    public IReadOnlyList<(int Count, TLine Last)> End(TimeSpan now)
    {
        List<(int, TLine)> leftOut = [];
        foreach (var (kind, window) in _windows.Where(w => now - w.Value.Since >= Period).ToList())
        {
            if (window.LeftOut == 0)
            {
                _windows.Remove(kind); // it has ended: the next one is news
                continue;
            }
            leftOut.Add((window.LeftOut, window.Last));
            // It goes on, perhaps: what is told now is not told again at once.
            _windows[kind] = new Window(now) { Said = { window.LastText } };
        }
        return leftOut;
    }

    private sealed class Window(TimeSpan since)
    {
        public TimeSpan Since { get; } = since;

        public HashSet<string> Said { get; } = [];

        public int LeftOut { get; set; }

        public TLine Last { get; set; } = default!;

        public string LastText { get; set; } = "";
    }
}
