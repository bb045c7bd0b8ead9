using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>
/// Tells which commands count: those above the latest. Sequences rise while a server counts, and from one owner of the site to the next.
/// After a database was restored from a backup they are lower. So that the screen does not go dark then, the first command of a connection
/// counts whatever its sequence, unless it is the latest one, sent again.
/// </summary>
sealed class CommandOrder
{
    bool _connectionIsNew;

    /// <summary>The latest command that counted; null before the first.</summary>
    public PlayCommand? Newest { get; private set; }

    /// <summary>A new connection to the server begins.</summary>
    public void Connecting() => _connectionIsNew = true;

    /// <summary>Takes a command.</summary>
    /// <returns>Whether it counts.</returns>
    public bool Take(PlayCommand command)
    {
        var counts = _connectionIsNew ? command != Newest : Newest is null || command.Sequence > Newest.Sequence;
        _connectionIsNew = false;
        if (counts) Newest = command;
        return counts;
    }
}
