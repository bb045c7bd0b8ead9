using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>One run of one creative, requested or on screen.</summary>
/// <param name="Id">Number of the run in this process, from 1.</param>
/// <param name="File">The creative.</param>
/// <param name="Command">The command that asked for it; null for the house loop, and for what the screen decided by itself.</param>
/// <param name="Alone">The play that the screen decided by itself.</param>
sealed record Run(long Id, CreativeFile File, PlayCommand? Command, OfflinePlay? Alone = null)
{
    /// <summary>The decision behind it; null for the house loop.</summary>
    public Guid? DecisionId => Command?.DecisionId ?? Alone?.Ticket.DecisionId;

    /// <summary>Whether it belongs to the house loop.</summary>
    public bool IsHouse => DecisionId is null;
}

/// <summary>An effect requested by the playback machine.</summary>
abstract record PlaybackEffect;

/// <summary>Pages load this run underneath and bring it to the top with its first frame.</summary>
sealed record Show(Run Run) : PlaybackEffect;

/// <summary>Pages give up a run that has not begun, and go on with the one that they show.</summary>
sealed record Withdraw(Run Run, Run Shown) : PlaybackEffect;

/// <summary>Pages show the standby picture: there is nothing to play.</summary>
sealed record ShowStandby : PlaybackEffect;

/// <summary>A run has ended; its proof of play goes to the outbox.</summary>
sealed record PlayEnded(
    Guid PlayId, Run Run, DateTimeOffset StartedAt, DateTimeOffset EndedAt, PlayEnd End, int FramesPresented) : PlaybackEffect;

/// <summary>Notifies the server that the running play ends soon.</summary>
sealed record TellEnding(PlayEnding Ending) : PlaybackEffect;

/// <summary>Tells the server that a command was obeyed or superseded.</summary>
sealed record Acknowledge(long Sequence) : PlaybackEffect;

/// <summary>A run is on screen.</summary>
sealed record PlayStarted(Guid PlayId, Run Run, TimeSpan SinceWanted) : PlaybackEffect;

/// <summary>The page does not respond or fails to play: restart it.</summary>
sealed record RestartPage(string Reason) : PlaybackEffect;

/// <summary>A log entry.</summary>
sealed record Note(string Text, long? Sequence) : PlaybackEffect;
