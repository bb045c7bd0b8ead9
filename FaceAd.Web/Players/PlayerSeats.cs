using System.Collections.Concurrent;
using FaceAd.Web.Hosting;

namespace FaceAd.Web.Players;

/// <summary>
/// One player for each screen: a second one with the same token, such as of a copied card, is refused until the first is gone. A player
/// that lost its power is gone when it was not heard for a while; one that starts again, as soon as its connection has ended. A player that
/// was refused waits longer: the first one's network may be down for a minute.
/// </summary>
sealed class PlayerSeats(TimeProvider time, ILogger<PlayerSeats> log)
{
    /// <summary>From when on a player that was not heard is gone; heartbeats come every five seconds.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(12);

    /// <summary>The same for a player that was refused meanwhile; it tries again every 20 to 30 seconds.</summary>
    public static readonly TimeSpan Precedence = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, Seat> _seats = new();
    private readonly LogLimit<Guid> _told = new(log, time, most: 1, TimeSpan.FromHours(1));

    /// <summary>A player wants to serve a screen.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="player">The player, as it names itself.</param>
    /// <param name="takes">Whether it takes the screen if nobody has it; else it only asks.</param>
    /// <returns>False when another one does.</returns>
    public bool MayServe(Guid screen, Guid player, bool takes)
    {
        var seat = _seats.GetOrAdd(screen, _ => new Seat());
        lock (seat)
        {
            if (seat.Player is null || seat.Player == player || IsGone(seat, player))
            {
                if (takes) seat.Take(player, time.GetTimestamp());
                return true;
            }
            (seat.Refused, seat.RefusedAt) = (player, time.GetTimestamp());
        }
        if (_told.Allows(screen))
        {
            log.LogWarning(
                "Screen {ScreenId} is served by one player, and a second one with the same token was refused: it needs a token of its own",
                screen);
        }
        return false;
    }

    /// <summary>A player is connected: whoever was let in has the screen, even if the end of another connection was heard since.</summary>
    public void Connected(Guid screen, Guid player)
    {
        var seat = _seats.GetOrAdd(screen, _ => new Seat());
        lock (seat) seat.Take(player, time.GetTimestamp());
    }

    /// <summary>The player of a screen was heard.</summary>
    public void Heard(Guid screen)
    {
        if (!_seats.TryGetValue(screen, out var seat)) return;
        lock (seat) seat.HeardAt = time.GetTimestamp();
    }

    /// <summary>A player is gone.</summary>
    public void Leave(Guid screen, Guid player)
    {
        if (!_seats.TryGetValue(screen, out var seat)) return;
        lock (seat) seat.HasLeft |= seat.Player == player;
    }

    /// <summary>Whether another player than the one that serves a screen was refused in the last two minutes.</summary>
    public bool IsDisputed(Guid screen)
    {
        if (!_seats.TryGetValue(screen, out var seat)) return false;
        lock (seat) return seat.RefusedAt is { } at && time.GetElapsedTime(at) < Precedence;
    }

    private bool IsGone(Seat seat, Guid forWhom)
    {
        var silent = time.GetElapsedTime(seat.HeardAt);
        return seat.Refused == forWhom ? silent >= Precedence : seat.HasLeft || silent >= Silence;
    }

    // Guarded by itself.
    private sealed class Seat
    {
        public Guid? Player;
        public Guid? Refused;
        public long HeardAt;
        public long? RefusedAt;
        public bool HasLeft;

        public void Take(Guid player, long now)
        {
            if (Player != player) (Refused, RefusedAt) = (null, null);
            (Player, HeardAt, HasLeft) = (player, now, false);
        }
    }
}
