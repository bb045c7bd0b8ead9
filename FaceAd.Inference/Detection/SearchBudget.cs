namespace FaceAd.Inference.Detection;

/// <summary>
/// Token bucket for a camera's extra detector runs: a fixed average rate, with bursts of at most one second's worth. Time is the
/// capture time of the frames. Not thread-safe.
/// </summary>
/// <param name="perSecond">Runs per second; 0 for none.</param>
sealed class SearchBudget(int perSecond)
{
    double _saved = perSecond;
    DateTimeOffset? _at;

    /// <summary>Runs available now.</summary>
    public int Available => (int)_saved;

    /// <summary>Advances the time.</summary>
    /// <param name="at">Current time; a time before the previous one is ignored.</param>
    public void Advance(DateTimeOffset at)
    {
        if (_at is { } before && at > before) _saved = Math.Min(perSecond, _saved + (at - before).TotalSeconds * perSecond);
        if (_at is null || at > _at) _at = at;
    }

    /// <summary>Uses up runs.</summary>
    /// <param name="runs">Number, at most <see cref="Available"/>.</param>
    public void Spend(int runs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(runs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs, Available);
        _saved -= runs;
    }
}
