namespace FaceAd.Player.Playback;

/// <summary>Kinds of events from the rendering page.</summary>
enum PageEventKind
{
    /// <summary>The page connected with the render token.</summary>
    Connected,

    /// <summary>The page disconnected.</summary>
    Lost,

    /// <summary>The first frame of a run was presented, on top.</summary>
    Started,

    /// <summary>A run is in progress.</summary>
    Progress,

    /// <summary>The last frame of a run was presented.</summary>
    Ended,

    /// <summary>A run cannot be played.</summary>
    Failed,
}

/// <summary>An event from the rendering page.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Run">Id of the run; 0 when the event concerns none.</param>
/// <param name="At">When it happened; of a frame, when it was presented (player's clock).</param>
/// <param name="MediaTime">Position of that frame in the creative.</param>
/// <param name="Frames">Frames of the run presented so far.</param>
/// <param name="Length">Length of the creative as the page reports it; null when it does not know.</param>
/// <param name="Reason">Why it failed.</param>
sealed record PageEvent(
    PageEventKind Kind, long Run = 0, DateTimeOffset At = default, TimeSpan MediaTime = default, int Frames = 0, TimeSpan? Length = null,
    string? Reason = null);

/// <summary>A message from the page, as on the wire. Ages are in milliseconds, positions in seconds.</summary>
sealed record PageMessage
{
    /// <summary>"hello", "started", "progress", "ended" or "failed".</summary>
    public string Type { get; init; } = "";

    /// <summary>The render token; with "hello" only.</summary>
    public string? Token { get; init; }

    public long Run { get; init; }

    /// <summary>Age of the frame when the message was sent, in milliseconds. An age needs no common clock.</summary>
    public double Age { get; init; }

    /// <summary>Position of the frame in the creative, in seconds.</summary>
    public double MediaTime { get; init; }

    /// <summary>Frames of the run presented so far.</summary>
    public int Frames { get; init; }

    /// <summary>Length of the creative in seconds; null when the page does not know it.</summary>
    public double? Length { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }
}
