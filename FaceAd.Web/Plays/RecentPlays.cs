namespace FaceAd.Web.Plays;

/// <summary>
/// The plays that this node committed last. A report that comes again does so because its answer was lost, mostly within seconds: it is
/// known here without a question to the database. What is not known here may still be known there.
/// </summary>
sealed class RecentPlays
{
    /// <summary>So many are known at least, once as many were added; twice as many at most, some 5 MB.</summary>
    public const int Kept = 50_000;

    private readonly Lock _lock = new();
    private HashSet<Guid> _newer = [];
    private HashSet<Guid> _older = [];

    /// <summary>Remembers plays. Only after their commit.</summary>
    /// <param name="plays">Their identities.</param>
    public void Add(IEnumerable<Guid> plays)
    {
        lock (_lock)
        {
            foreach (var play in plays)
            {
                if (_newer.Count == Kept)
                {
                    (_newer, _older) = (_older, _newer);
                    _newer.Clear();
                }
                _newer.Add(play);
            }
        }
    }

    /// <summary>Those that are known.</summary>
    /// <param name="plays">Identities to look for.</param>
    public HashSet<Guid> Find(IEnumerable<Guid> plays)
    {
        lock (_lock) return [.. plays.Where(p => _newer.Contains(p) || _older.Contains(p))];
    }
}
