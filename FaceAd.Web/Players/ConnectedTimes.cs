using System.Collections.Concurrent;

namespace FaceAd.Web.Players;

/// <summary>
/// Since when this node has heard each screen without a gap (<see cref="ScreenGap"/>), and until when. In memory; earlier times are told by
/// the gaps in the database.
/// </summary>
sealed class ConnectedTimes
{
    private readonly ConcurrentDictionary<Guid, Times> _screens = new();

    /// <summary>A connection has begun.</summary>
    public void Connected(Guid screenId, DateTimeOffset now) => _screens.AddOrUpdate(
        screenId, new Times(now, now, now), (_, before) => before.HeardAgain(now) with { ConnectedAt = now });

    /// <summary>A screen was heard on its connection.</summary>
    public void Heard(Guid screenId, DateTimeOffset now)
    {
        if (_screens.TryGetValue(screenId, out var times)) _screens.TryUpdate(screenId, times.HeardAgain(now), times);
    }

    /// <summary>A connection has ended.</summary>
    public void Disconnected(Guid screenId)
    {
        if (_screens.TryGetValue(screenId, out var times)) _screens.TryUpdate(screenId, times with { ConnectedAt = null }, times);
    }

    /// <summary>When the connection that a screen has began; null while it has none.</summary>
    public DateTimeOffset? Since(Guid screenId) => _screens.TryGetValue(screenId, out var times) ? times.ConnectedAt : null;

    /// <summary>Whether a screen was surely connected at an instant: it was heard before and after, without a gap.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="at">The instant, by the screen's clock.</param>
    /// <param name="clockError">How far that clock may be off.</param>
    public bool WasConnected(Guid screenId, DateTimeOffset at, TimeSpan clockError) =>
        _screens.TryGetValue(screenId, out var times) && at - times.HeardSince >= clockError && at <= times.HeardAt;

    private readonly record struct Times(DateTimeOffset? ConnectedAt, DateTimeOffset HeardSince, DateTimeOffset HeardAt)
    {
        // Whether on the same connection or on a new one: a screen that only connects anew was not away, and a node that hung was.
        public Times HeardAgain(DateTimeOffset now) =>
            this with { HeardSince = (now - HeardAt).Duration() < ScreenGap.Least ? HeardSince : now, HeardAt = now };
    }
}
