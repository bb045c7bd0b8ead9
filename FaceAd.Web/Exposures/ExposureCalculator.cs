namespace FaceAd.Web.Exposures;

/// <summary>A span of time. Includes its start and excludes its end.</summary>
/// <param name="From">Start, included.</param>
/// <param name="To">End, excluded; not before the start.</param>
public readonly record struct Span(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Length in seconds, at least 0.</summary>
    public double Seconds => (To - From).TotalSeconds;
}

/// <summary>What one viewer saw of one play.</summary>
/// <param name="At">Start of the overlap.</param>
/// <param name="SecondsPresent">Length of the overlap.</param>
/// <param name="SecondsAttentive">Attentive seconds within it.</param>
/// <param name="Completed">Whether the viewer was in view for the creative's length less half a second.</param>
public readonly record struct Sighting(DateTimeOffset At, double SecondsPresent, double SecondsAttentive, bool Completed);

/// <summary>Who saw what, for how long. Pure. Definition: docs/metrics.md, "Exposure".</summary>
public static class ExposureCalculator
{
    /// <summary>Least overlap of an exposure, unless configured otherwise.</summary>
    public static readonly TimeSpan DefaultThreshold = TimeSpan.FromSeconds(1);

    /// <summary>A completed view may miss this much of the creative.</summary>
    public static readonly TimeSpan CompletedSlack = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The overlap of a play and a stay, when it lasts at least the threshold; else null.
    /// Attention is known per stay, so that the overlap gets its share of it.
    /// </summary>
    /// <param name="play">When the play ran.</param>
    /// <param name="stay">When the viewer was in view.</param>
    /// <param name="stayAttentive">Seconds of the stay in which the viewer faced the screen.</param>
    /// <param name="creativeSeconds">Running time of the creative.</param>
    /// <param name="threshold">Least overlap.</param>
    public static Sighting? Compute(Span play, Span stay, double stayAttentive, double creativeSeconds, TimeSpan threshold)
    {
        var from = play.From > stay.From ? play.From : stay.From;
        var to = play.To < stay.To ? play.To : stay.To;
        if (to - from < threshold || to <= from) return null;
        var seconds = (to - from).TotalSeconds;
        var attentive = stay.Seconds <= 0 ? 0 : Math.Min(seconds, stayAttentive * seconds / stay.Seconds);
        return new Sighting(from, seconds, attentive, seconds >= creativeSeconds - CompletedSlack.TotalSeconds);
    }
}
