namespace FaceAd.Core;

/// <summary>Whether an audience is still open, and how it ended if not.</summary>
public enum AudienceState
{
    /// <summary>At least one viewer is in view, or was within the bridge time.</summary>
    Open = 0,

    /// <summary>Analysed frames without faces showed that everyone has left.</summary>
    Closed = 1,

    /// <summary>Too long without an analysed frame to know who is present. Presence ends at the last sighting.</summary>
    Lost = 2,
}

/// <summary>
/// State of one audience at one moment: all viewers in view, and all who left since the previous report.
/// An audience is one appearance: it opens with the first face and closes when everyone has left.
/// A report is idempotent by (screen, <see cref="AudienceId"/>, <see cref="Sequence"/>).
/// </summary>
public sealed record AudienceReport
{
    /// <summary>
    /// Maximum number of presences in one report: more than can be in view at a time, so that there is always room for viewers who
    /// left. If more have left, they go into further reports.
    /// </summary>
    public const int MaxPresences = 18;

    /// <summary>
    /// Maximum JSON size in bytes without presences; allows for model versions of 120 characters, some of them escaped.
    /// </summary>
    public const int EnvelopeBytes = 360;

    /// <summary>
    /// Number of views that fit into a report with this many presences within <see cref="Routes.MaxReportBytes"/>: 5 with one
    /// viewer, 4 with four, 1 with sixteen. The rest follow in the next report.
    /// </summary>
    /// <param name="presences">Number of presences in the report, 0 to <see cref="MaxPresences"/>.</param>
    public static int ViewsBeside(int presences) =>
        Math.Max(0, (Routes.MaxReportBytes - EnvelopeBytes - presences * PresenceReport.MaxBytes) / PresenceReport.ViewTextBytes);

    /// <summary>Id of the audience, created by the side that analyses the frames.</summary>
    public required Guid AudienceId { get; init; }

    /// <summary>1 for the first report of this audience, then increasing by one.</summary>
    public required int Sequence { get; init; }

    /// <summary>When the first face was seen (capture time).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Capture time of the latest frame that this report is based on.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>State of the audience.</summary>
    public required AudienceState State { get; init; }

    /// <summary>Names and versions of the models that produced the estimates, such as "faceres-3.3.6".</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Viewers in view, and those who left since the previous report. At most <see cref="MaxPresences"/>.</summary>
    public required IReadOnlyList<PresenceReport> Presences { get; init; }
}

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
