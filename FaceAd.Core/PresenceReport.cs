namespace FaceAd.Core;

/// <summary>One viewer's presence so far.</summary>
public sealed record PresenceReport
{
    /// <summary>Number of values in an embedding.</summary>
    public const int EmbeddingLength = 512;

    /// <summary>Bytes of one view: <see cref="EmbeddingLength"/> IEEE 754 half floats, little endian.</summary>
    public const int ViewBytes = EmbeddingLength * 2;

    /// <summary>
    /// Maximum number of new views of one presence in one report; <see cref="AudienceReport.ViewsBeside"/> may allow fewer.
    /// </summary>
    public const int MaxViews = 5;

    /// <summary>Bytes of one view as JSON: base64, quotes and a comma.</summary>
    public const int ViewTextBytes = (ViewBytes + 2) / 3 * 4 + 3;

    /// <summary>Maximum JSON size in bytes of one presence without views, with values rounded as by <c>AudienceObserver</c>.</summary>
    public const int MaxBytes = 395;

    /// <summary>Id of the presence, created by the side that analyses the frames.</summary>
    public required Guid PresenceId { get; init; }

    /// <summary>Number of the face track within its audience, from 1.</summary>
    public required int TrackId { get; init; }

    /// <summary>First sighting (capture time). The interval includes its start.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Latest sighting (capture time). The interval excludes its end.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Whether the viewer is in view now.</summary>
    public required bool InView { get; init; }

    /// <summary>Seconds within the interval with the face turned to the screen, 0 .. length of the interval.</summary>
    public required double SecondsAttentive { get; init; }

    /// <summary>Estimate fused over all good frames so far; null before the first one (face too small or too blurred).</summary>
    public SegmentProbabilities? Segments { get; init; }

    /// <summary>Estimated age in years, fused like <see cref="Segments"/>; null while unknown.</summary>
    public double? AgeYears { get; init; }

    /// <summary>Probability that the viewer is younger than 19, for child safety; null while unknown.</summary>
    public double? ChildProbability { get; init; }

    /// <summary>Area of the face in its latest frame, as a share of the frame, 0..1.</summary>
    public required double FaceArea { get; init; }

    /// <summary>
    /// L2-normalised face embeddings not reported before, each <see cref="ViewBytes"/> long; at most <see cref="MaxViews"/>.
    /// They travel only over TLS or in process, are protected on arrival, and are never stored unprotected.
    /// </summary>
    public IReadOnlyList<byte[]> Views { get; init; } = [];
}
