using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>One run of one creative, wanted or on the screen.</summary>
/// <param name="Id">Number of the run in this process, from 1.</param>
/// <param name="File">What runs.</param>
/// <param name="Command">The command that asked for it; null for the house loop.</param>
internal sealed record Run(long Id, CreativeFile File, PlayCommand? Command)
{
    /// <summary>Whether it belongs to the house loop.</summary>
    public bool IsHouse => Command is null;
}

/// <summary>What the playback machine wants done.</summary>
internal abstract record PlaybackEffect;

/// <summary>The pages load this run beneath and bring it to the top with its first frame.</summary>
internal sealed record Show(Run Run) : PlaybackEffect;

/// <summary>The pages show the standby picture: there is nothing to play.</summary>
internal sealed record ShowStandby : PlaybackEffect;

/// <summary>A run has ended; its proof goes to the outbox.</summary>
internal sealed record PlayEnded(
    Guid PlayId, Run Run, DateTimeOffset StartedAt, DateTimeOffset EndedAt, PlayEnd End, int FramesPresented) : PlaybackEffect;

/// <summary>The server is told that the running play ends soon.</summary>
internal sealed record TellEnding(PlayEnding Ending) : PlaybackEffect;

/// <summary>The server is told that a command was obeyed or superseded.</summary>
internal sealed record Acknowledge(long Sequence) : PlaybackEffect;

/// <summary>A run has come to the screen.</summary>
internal sealed record PlayStarted(Guid PlayId, Run Run, TimeSpan SinceWanted) : PlaybackEffect;

/// <summary>The page does not do its work: start it anew.</summary>
internal sealed record RestartPage(string Reason) : PlaybackEffect;

/// <summary>Something for the log only.</summary>
internal sealed record Note(string Text, long? Sequence) : PlaybackEffect;
