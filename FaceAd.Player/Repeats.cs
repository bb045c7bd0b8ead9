namespace FaceAd.Player;

/// <summary>Counts a failure that repeats, several times a second perhaps: it is said at first, and once a minute while it lasts.</summary>
/// <param name="time">The clock.</param>
sealed class Repeats(TimeProvider time)
{
    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    long _toldAt;

    /// <summary>How often it has happened since the last success.</summary>
    public int Count { get; private set; }

    /// <summary>It has happened.</summary>
    /// <returns>Whether to say so.</returns>
    public bool Again()
    {
        if (Count++ > 0 && time.GetElapsedTime(_toldAt) < Interval) return false;
        _toldAt = time.GetTimestamp();
        return true;
    }

    /// <summary>It has not happened.</summary>
    /// <returns>How often it had.</returns>
    public int End()
    {
        var count = Count;
        Count = 0;
        return count;
    }
}
