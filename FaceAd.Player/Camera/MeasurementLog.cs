namespace FaceAd.Player.Camera;

/// <summary>
/// Remembers when the cabin was watched, and answers whether it was watched throughout an interval. A moment counts as
/// watched when a frame showed nothing worth sending, or when a frame worth sending was accepted.
/// Pure: time comes in with every call.
/// </summary>
internal sealed class MeasurementLog
{
    /// <summary>The longest stretch without a watched moment that still counts as watching.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);

    /// <summary>How far back it remembers. Longer than any play.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    // Runs of watched moments, in order; moments of one run are at most a gap apart, runs are more than a gap apart.
    readonly List<(DateTimeOffset First, DateTimeOffset Last)> _runs = [];
    readonly Lock _lock = new();

    /// <summary>Notes a watched moment. Moments may arrive out of order.</summary>
    public void Watched(DateTimeOffset at)
    {
        lock (_lock)
        {
            var next = _runs.Count;
            while (next > 0 && _runs[next - 1].First > at) next--;
            // Now every run before `next` starts at or before the moment.
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

    /// <summary>Forgets everything: its moments are of a time that no longer holds.</summary>
    public void Clear()
    {
        lock (_lock) _runs.Clear();
    }

    /// <summary>
    /// Whether watching went on throughout [from, to): a watched moment lies at or before its start, and neither between
    /// the watched moments around it nor from the last one to its end is there more than a <see cref="Gap"/>.
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
