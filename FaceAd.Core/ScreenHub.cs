using FaceAd.Core.Offline;

namespace FaceAd.Core;

/// <summary>Calls from the server to a screen, over SignalR.</summary>
public interface IScreenClient
{
    /// <summary>
    /// Plays a creative, now or next. A command whose sequence is not above the latest one received is ignored; but the first one of a
    /// connection counts whatever its sequence, unless it is the latest one, sent again.
    /// </summary>
    /// <param name="command">What to play.</param>
    Task Play(PlayCommand command);

    /// <summary>Sets the creatives to keep ready, and how to measure. Sent on connect and on every change.</summary>
    /// <param name="programme">The complete programme; replaces the previous one.</param>
    Task Programme(ScreenProgramme programme);

    /// <summary>
    /// Gives the screen what it may play by itself while the server is away. Sent after it has connected and about every ten minutes.
    /// </summary>
    /// <param name="schedule">The complete schedule; replaces the previous one.</param>
    Task Schedule(OfflineSchedule schedule);

    /// <summary>
    /// Says whether an audience is open at this screen (server inference). While one is open the player samples at least two frames a
    /// second regardless of motion. Ignored in device inference.
    /// </summary>
    /// <param name="open">True while an audience is open.</param>
    Task AudienceOpen(bool open);
}

/// <summary>Calls from a screen to the server, over SignalR. Reports go over HTTP instead, see <see cref="Routes"/>.</summary>
public interface IScreenHub
{
    /// <summary>Sends a heartbeat, every <see cref="Heartbeat.Interval"/>.</summary>
    /// <param name="heartbeat">Status of the screen.</param>
    /// <returns>The server's time, which the player adopts.</returns>
    Task<HeartbeatReply> Beat(Heartbeat heartbeat);

    /// <summary>Acknowledges a play command that has arrived and was obeyed or superseded.</summary>
    /// <param name="sequence">Sequence of the command.</param>
    Task Acknowledge(long sequence);

    /// <summary>Says that the running play ends soon, so that the server decides what comes next.</summary>
    /// <param name="ending">The play, and the time left.</param>
    Task PlayEnding(PlayEnding ending);
}

/// <summary>A command to play a creative.</summary>
/// <param name="Sequence">Increases with every command to this screen, whichever node of the server it comes from.</param>
/// <param name="DecisionId">The decision behind it.</param>
/// <param name="CreativeId">What to play; null returns to the house loop.</param>
/// <param name="AtEnd">True: when the running play ends. False: at once.</param>
/// <param name="DecidedAt">Server time of the decision.</param>
public sealed record PlayCommand(long Sequence, Guid DecisionId, Guid? CreativeId, bool AtEnd, DateTimeOffset DecidedAt)
{
    /// <summary>
    /// How long a command may wait for its turn, its creative or a page; longer than the longest creative. The player then drops it: the
    /// viewers it was meant for have left. The server disputes a play that begins later.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
}

/// <summary>The running play ends soon.</summary>
/// <param name="CreativeId">The creative that is ending; null for the house loop.</param>
/// <param name="Remaining">Time left until its last frame.</param>
public sealed record PlayEnding(Guid? CreativeId, TimeSpan Remaining);
