using System.Collections.Concurrent;

namespace FaceAd.Web.Frames;

/// <summary>
/// Remembers, in memory, when frames that were taken in were not analysed for so long that presence was not measured.
/// The player believes such frames were analysed; this server knows better.
/// </summary>
sealed class AnalysisGaps
{
    /// <summary>A shorter gap is bridged by the presence machine.</summary>
    public static readonly TimeSpan Bridged = TimeSpan.FromSeconds(2);

    private const int Kept = 200;
    private readonly ConcurrentDictionary<Guid, Screen> _screens = new();

    /// <summary>A frame that was taken in was not analysed.</summary>
    /// <param name="screenId">Who sent it.</param>
    public void Dropped(Guid screenId)
    {
        var screen = _screens.GetOrAdd(screenId, _ => new Screen());
        lock (screen) screen.HasDropped = true;
    }

    /// <summary>The screen is not measured here any more: until its next frame here, somebody else measures, or nobody.</summary>
    public void Forget(Guid screenId)
    {
        if (!_screens.TryGetValue(screenId, out var screen)) return;
        lock (screen) (screen.HasDropped, screen.LastAnalysed) = (false, null);
    }

    /// <summary>A frame was analysed.</summary>
    /// <param name="screenId">Who sent it.</param>
    /// <param name="capturedAt">Its capture time.</param>
    public void Analysed(Guid screenId, DateTimeOffset capturedAt)
    {
        var screen = _screens.GetOrAdd(screenId, _ => new Screen());
        lock (screen)
        {
            if (screen is { HasDropped: true, LastAnalysed: { } last } && capturedAt - last > Bridged)
            {
                screen.Gaps.Enqueue((last, capturedAt));
                if (screen.Gaps.Count > Kept) screen.Gaps.Dequeue();
            }
            (screen.HasDropped, screen.LastAnalysed) = (false, capturedAt);
        }
    }

    /// <summary>Whether presence was not measured at some moment between two instants.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="from">Start, included.</param>
    /// <param name="to">End, excluded.</param>
    public bool Overlaps(Guid screenId, DateTimeOffset from, DateTimeOffset to)
    {
        if (!_screens.TryGetValue(screenId, out var screen)) return false;
        lock (screen) return screen.Gaps.Any(gap => gap.From < to && gap.To > from);
    }

    // Guarded by itself.
    private sealed class Screen
    {
        public readonly Queue<(DateTimeOffset From, DateTimeOffset To)> Gaps = new();
        public bool HasDropped;
        public DateTimeOffset? LastAnalysed;
    }
}
