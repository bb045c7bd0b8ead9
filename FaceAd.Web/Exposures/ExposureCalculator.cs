namespace FaceAd.Web.Exposures;

/// <summary>A half-open time interval.</summary>
/// <param name="From">Start, inclusive.</param>
/// <param name="To">End, exclusive; not before the start.</param>
readonly record struct Span(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Length in seconds, at least 0.</summary>
    public double Seconds => (To - From).TotalSeconds;

    /// <summary>Whether an instant is in both.</summary>
    public bool Overlaps(Span other) => From < other.To && other.From < To;
}

/// <summary>What one viewer saw of one play. Seconds are rounded to whole milliseconds, so that their sums are exact.</summary>
/// <param name="At">Start of the overlap.</param>
/// <param name="SecondsPresent">Length of the overlap.</param>
/// <param name="SecondsAttentive">Attentive seconds within it.</param>
/// <param name="Completed">Whether the viewer was in view for the creative's length less 0.5 s.</param>
/// <param name="Watched">Whether the viewer faced the screen for at least the threshold.</param>
readonly record struct Sighting(DateTimeOffset At, double SecondsPresent, double SecondsAttentive, bool Completed, bool Watched);

/// <summary>Who saw what, for how long. Pure. Definition: docs/metrics.md, "Exposure".</summary>
static class ExposureCalculator
{
    /// <summary>Default minimum overlap of an exposure.</summary>
    public static readonly TimeSpan DefaultThreshold = TimeSpan.FromSeconds(1);

    /// <summary>A completed view may miss this much of the creative.</summary>
    public static readonly TimeSpan CompletedSlack = TimeSpan.FromSeconds(0.5);

    /// <summary>The overlap of a play and a presence, if it lasts at least the threshold; otherwise null.</summary>
    /// <param name="play">When the play ran.</param>
    /// <param name="presence">When the viewer was in view.</param>
    /// <param name="attention">The viewer's attention during the presence.</param>
    /// <param name="creativeSeconds">Duration of the creative.</param>
    /// <param name="threshold">Minimum overlap, and minimum attention of a watcher.</param>
    public static Sighting? Compute(Span play, Span presence, AttentionCurve attention, double creativeSeconds, TimeSpan threshold)
    {
        var from = play.From > presence.From ? play.From : presence.From;
        var to = play.To < presence.To ? play.To : presence.To;
        if (to - from < threshold || to <= from) return null;
        var seconds = (to - from).TotalSeconds;
        var attentive = Math.Round(attention.Between((from - presence.From).TotalSeconds, (to - presence.From).TotalSeconds), 3);
        return new Sighting(
            from, Math.Round(seconds, 3), attentive, seconds >= creativeSeconds - CompletedSlack.TotalSeconds, attentive > 0
                && attentive >= threshold.TotalSeconds);
    }
}
