namespace FaceAd.Web.Plays;

/// <summary>
/// The plays this node committed most recently, by screen and identity: another screen may name a play as it likes. A report is usually
/// repeated within seconds, because its response was lost: it is recognised here without a query. Plays not found here may still be in the
/// database.
/// </summary>
sealed class RecentPlays
{
    /// <summary>At least this many recent plays are remembered, at most twice as many, about 8 MB.</summary>
    public const int Kept = 50_000;

    private readonly Lock _lock = new();
    private HashSet<(Guid ScreenId, Guid Id)> _newer = [];
    private HashSet<(Guid ScreenId, Guid Id)> _older = [];

    /// <summary>Remembers plays. Call only after their commit.</summary>
    public void Add(IEnumerable<(Guid ScreenId, Guid Id)> plays)
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

    /// <summary>The remembered ones among some plays.</summary>
    public HashSet<(Guid ScreenId, Guid Id)> Find(IEnumerable<(Guid ScreenId, Guid Id)> plays)
    {
        lock (_lock) return [.. plays.Where(p => _newer.Contains(p) || _older.Contains(p))];
    }
}
