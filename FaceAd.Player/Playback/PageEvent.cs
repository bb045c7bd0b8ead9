namespace FaceAd.Player.Playback;

/// <summary>What the page that renders tells.</summary>
internal enum PageEventKind
{
    /// <summary>It has come, with the token.</summary>
    Connected,

    /// <summary>It has gone.</summary>
    Lost,

    /// <summary>The first frame of a run was presented and is on top.</summary>
    Started,

    /// <summary>A run goes on.</summary>
    Progress,

    /// <summary>A run has presented its last frame.</summary>
    Ended,

    /// <summary>A run cannot be played.</summary>
    Failed,
}

/// <summary>Something happened on the page that renders.</summary>
/// <param name="Kind">What.</param>
/// <param name="Run">Which run; 0 when none is meant.</param>
/// <param name="At">When the frame it speaks of was presented (player's clock).</param>
/// <param name="MediaTime">Position of that frame.</param>
/// <param name="Frames">Frames of the run presented so far.</param>
/// <param name="Length">Length of the creative by the page's word; null when it does not know.</param>
/// <param name="Reason">Why it failed.</param>
internal sealed record PageEvent(
    PageEventKind Kind, long Run = 0, DateTimeOffset At = default, TimeSpan MediaTime = default, int Frames = 0, TimeSpan? Length = null,
    string? Reason = null);

/// <summary>A message of the page, as it is on the wire. Times are milliseconds, positions seconds.</summary>
internal sealed record PageMessage
{
    /// <summary>hello, started, progress, ended or failed.</summary>
    public string Type { get; init; } = "";

    /// <summary>The render token; with hello only.</summary>
    public string? Token { get; init; }

    /// <summary>The run meant.</summary>
    public long Run { get; init; }

    /// <summary>How long ago the frame was presented when the message was sent, in milliseconds: clocks need not agree.</summary>
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
