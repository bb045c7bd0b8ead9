namespace FaceAd.Inference.Detection;

/// <summary>
/// How many further runs of the detector a camera may have: so many a second on average, and never more at once than one second's.
/// Time is the capture time of the frames. Not thread-safe.
/// </summary>
/// <param name="perSecond">Runs a second, 0 for none.</param>
sealed class SearchBudget(int perSecond)
{
    double _saved = perSecond;
    DateTimeOffset? _at;

    /// <summary>Runs that may be had now.</summary>
    public int Available => (int)_saved;

    /// <summary>Says what time it is.</summary>
    /// <param name="at">Now; an earlier time than before changes nothing.</param>
    public void Advance(DateTimeOffset at)
    {
        if (_at is { } before && at > before) _saved = Math.Min(perSecond, _saved + (at - before).TotalSeconds * perSecond);
        if (_at is null || at > _at) _at = at;
    }

    /// <summary>Uses runs up.</summary>
    /// <param name="runs">Number, at most <see cref="Available"/>.</param>
    public void Spend(int runs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(runs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs, Available);
        _saved -= runs;
    }
}
