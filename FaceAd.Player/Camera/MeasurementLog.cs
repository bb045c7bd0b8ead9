namespace FaceAd.Player.Camera;

/// <summary>
/// Records when the cabin was watched and answers whether it was watched throughout an interval. A moment counts as
/// watched when a frame showed nothing worth sending, or when a frame worth sending was accepted. Reads no clock: every
/// call passes the time. Thread-safe.
/// </summary>
sealed class MeasurementLog
{
    /// <summary>Longest gap between watched moments that still counts as watched.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);

    /// <summary>How far back the log reaches. Longer than any play.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    // Runs of watched moments, in order: within a run, moments are at most Gap apart; between runs, the distance is larger.
    readonly List<(DateTimeOffset First, DateTimeOffset Last)> _runs = [];
    readonly Lock _lock = new();

    /// <summary>Records a watched moment. Moments may arrive out of order.</summary>
    public void Watched(DateTimeOffset at)
    {
        lock (_lock)
        {
            var next = _runs.Count;
            while (next > 0 && _runs[next - 1].First > at) next--;
            // Every run before `next` now starts at or before the moment.
            var joinsBefore = next > 0 && at - _runs[next - 1].Last <= Gap;
            var joinsAfter = next < _runs.Count && _runs[next].First - at <= Gap;
            if (joinsBefore && joinsAfter)
            {
                _runs[next - 1] = (_runs[next - 1].First, _runs[next].Last);
                _runs.RemoveAt(next);
            }
            else if (joinsBefore)
            {
                if (at > _runs[next - 1].Last) _runs[next - 1] = (_runs[next - 1].First, at);
            }
            else if (joinsAfter)
            {
                _runs[next] = (at, _runs[next].Last);
            }
            else
            {
                _runs.Insert(next, (at, at));
            }
            var oldest = _runs[^1].Last - Memory;
            while (_runs[0].Last < oldest) _runs.RemoveAt(0);
        }
    }

    /// <summary>Clears the log, because the clock was stepped and its moments no longer match.</summary>
    public void Clear()
    {
        lock (_lock) _runs.Clear();
    }

    /// <summary>
    /// Whether [from, to) was watched throughout: a watched moment lies at or before its start, and neither two consecutive
    /// watched moments nor the last one and its end are more than <see cref="Gap"/> apart.
    /// </summary>
    public bool WasWatched(DateTimeOffset from, DateTimeOffset to)
    {
        lock (_lock)
        {
            foreach (var (first, last) in _runs)
            {
                if (first <= from && to - last <= Gap) return true;
            }
            return false;
        }
    }
}
