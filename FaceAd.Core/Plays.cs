using FaceAd.Core.Offline;
using FaceAd.Core.Proof;

namespace FaceAd.Core;

/// <summary>How a play ended.</summary>
public enum PlayEnd
{
    /// <summary>The creative ran to its last frame.</summary>
    Completed = 0,

    /// <summary>Another creative replaced it before its last frame.</summary>
    Interrupted = 1,

    /// <summary>The page or the player stopped; the interval ends at the last frame known to have been presented.</summary>
    Failed = 2,
}

/// <summary>
/// Proof of one play: one run of one creative, from the first to the last frame that the launched page presented.
/// Idempotent by <see cref="PlayId"/>.
/// </summary>
public sealed record PlayReport
{
    /// <summary>Maximum number of reports per request: as many as are sure to fit into <see cref="Routes.MaxPlaysBytes"/>.</summary>
    public const int MaxBatch = 25;

    /// <summary>
    /// Id of the play, created by the player when the first frame is presented; of one made without the server, see
    /// <see cref="OfflineSlice.PlayId"/>.
    /// </summary>
    public required Guid PlayId { get; init; }

    /// <summary>
    /// The decision behind the play, from its <see cref="PlayCommand"/> or <see cref="OfflineTicket"/>; null for the house loop.
    /// </summary>
    public Guid? DecisionId { get; init; }

    /// <summary>The creative that ran.</summary>
    public required Guid CreativeId { get; init; }

    /// <summary>When the first frame was presented (player's time, which follows the server's). The interval includes its start.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last frame left the screen (likewise). The interval excludes its end.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>How the play ended.</summary>
    public required PlayEnd End { get; init; }

    /// <summary>
    /// Whether the cabin was watched throughout: the camera delivered frames and every frame worth analysing was accepted,
    /// without a gap of more than two seconds. Unmeasured plays count as plays but in no audience metric.
    /// </summary>
    public required bool Measured { get; init; }

    /// <summary>Frames that the page presented.</summary>
    public required int FramesPresented { get; init; }

    /// <summary>The player's signature of all this; null before it signs. The server bills no play without one.</summary>
    public PlaySeal? Seal { get; init; }
}

/// <summary>Result of a batch of play reports.</summary>
/// <param name="Accepted">Number of plays committed now.</param>
/// <param name="Known">Number of plays that were already committed.</param>
/// <param name="Refused">Plays that can never be accepted, with the reason. The player drops them and logs the reason.</param>
/// <param name="Disputed">
/// Number of plays that do not fit what the server knows. They are kept apart and count nowhere; the player drops them.
/// </param>
public sealed record PlayReceipt(int Accepted, int Known, IReadOnlyList<RefusedPlay> Refused, int Disputed = 0)
{
    /// <summary>
    /// Whether the number of one of these plays had been used for another play: the player's folder was restored from an older copy. The
    /// player goes on with a new key.
    /// </summary>
    public bool NumbersAreUsed { get; init; }
}

/// <summary>A play that can never be accepted.</summary>
/// <param name="PlayId">Id of the play.</param>
/// <param name="Reason">The reason, in a plain sentence.</param>
public sealed record RefusedPlay(Guid PlayId, string Reason);
