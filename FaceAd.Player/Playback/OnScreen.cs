namespace FaceAd.Player.Playback;

/// <summary>A run that is on screen: what is known of its play so far.</summary>
/// <param name="playId">Id of the play.</param>
/// <param name="run">The run.</param>
sealed class OnScreen(Guid playId, Run run)
{
    public Guid PlayId => playId;

    public Run Run => run;

    /// <summary>When its first frame was presented.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When its latest known frame was presented.</summary>
    public DateTimeOffset LastFrameAt { get; set; }

    /// <summary>When the page last reported progress.</summary>
    public DateTimeOffset HeardAt { get; set; }

    /// <summary>Position of the latest frame in the creative.</summary>
    public TimeSpan MediaTime { get; set; }

    public TimeSpan Length { get; set; }

    /// <summary>Frames presented so far.</summary>
    public int Frames { get; set; }

    /// <summary>Whether the server has been told that it ends soon.</summary>
    public bool EndingTold { get; set; }

    /// <summary>Shifts its times, because the clock was stepped.</summary>
    public void Shift(TimeSpan step)
    {
        StartedAt += step;
        LastFrameAt += step;
        HeardAt += step;
    }
}
