namespace FaceAd.Core;

/// <summary>Where the frames of a screen are analysed.</summary>
public enum InferenceMode
{
    /// <summary>The player sends its best frames; the server analyses them in memory and drops them.</summary>
    Server = 0,

    /// <summary>The player analyses its frames itself and sends the audience report only.</summary>
    Device = 1,
}

/// <summary>
/// How a screen changes from one <see cref="InferenceMode"/> to the other while it runs: between two appearances. Riders in view
/// are watched to their end by whoever began, so that nobody is told of twice and nothing is lost.
/// </summary>
public static class InferenceHandover
{
    /// <summary>A player changes over when no audience has been open, and no frame was worth analysing, for so long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>After so long the player changes over whoever is in view; their audience ends as lost, and a new one opens.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>So long after a change the server still takes what belongs to the mode before; more than <see cref="Patience"/>.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);
}

/// <summary>Whether an audience goes on.</summary>
public enum AudienceState
{
    /// <summary>At least one viewer is in view, or was within the bridged gap.</summary>
    Open = 0,

    /// <summary>Analysed frames without faces showed that everybody has left.</summary>
    Closed = 1,

    /// <summary>No frame could be analysed for so long that nothing more can be said. Presence ends at the last sighting.</summary>
    Lost = 2,
}

/// <summary>
/// What is known of one audience at one moment: everybody in view and everybody who left since the report before.
/// An audience is one appearance: it opens with the first face and closes when all have gone.
/// A report is idempotent by (screen, <see cref="AudienceId"/>, <see cref="Sequence"/>).
/// </summary>
public sealed record AudienceReport
{
    /// <summary>
    /// The most presences that one report may carry: more than can be in view at a time, so that there is always room for somebody
    /// who left. Further ones who left are told of in a report of their own.
    /// </summary>
    public const int MaxPresences = 18;

    /// <summary>
    /// The most bytes of JSON that everything but presences takes; model versions of 120 characters with a few that JSON escapes included.
    /// </summary>
    public const int EnvelopeBytes = 360;

    /// <summary>
    /// How many views fit into a report beside its presences, so that it stays below <see cref="Routes.MaxReportBytes"/>: 5 for one
    /// viewer, 4 for four, 1 for sixteen. The others follow with the next report.
    /// </summary>
    /// <param name="presences">Number of presences in the report, 0 to <see cref="MaxPresences"/>.</param>
    public static int ViewsBeside(int presences) =>
        Math.Max(0, (Routes.MaxReportBytes - EnvelopeBytes - presences * PresenceReport.MaxBytes) / PresenceReport.ViewTextBytes);

    /// <summary>Identity of the audience, made by whoever analyses the frames.</summary>
    public required Guid AudienceId { get; init; }

    /// <summary>1 for the first report of this audience, then one more each time.</summary>
    public required int Sequence { get; init; }

    /// <summary>When the first face was seen (capture time).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Capture time of the newest frame that this report rests on.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the audience goes on.</summary>
    public required AudienceState State { get; init; }

    /// <summary>Which models produced the estimates, such as "faceres-3.3.6".</summary>
    public required string ModelVersion { get; init; }

    /// <summary>Everybody in view, and everybody who left since the report before. At most <see cref="MaxPresences"/>.</summary>
    public required IReadOnlyList<PresenceReport> Presences { get; init; }
}

/// <summary>One viewer's stay in view, so far.</summary>
public sealed record PresenceReport
{
    /// <summary>Number of values in an embedding.</summary>
    public const int EmbeddingLength = 512;

    /// <summary>Bytes of one view: <see cref="EmbeddingLength"/> IEEE 754 half floats, little endian.</summary>
    public const int ViewBytes = EmbeddingLength * 2;

    /// <summary>The most new views that one presence may carry in one report; <see cref="AudienceReport.ViewsBeside"/> may allow fewer.</summary>
    public const int MaxViews = 5;

    /// <summary>Bytes of one view as JSON: base64, quotes and a comma.</summary>
    public const int ViewTextBytes = (ViewBytes + 2) / 3 * 4 + 3;

    /// <summary>The most bytes of JSON of one presence without views, when its values are rounded as <c>AudienceObserver</c> does.</summary>
    public const int MaxBytes = 395;

    /// <summary>Identity of the stay, made by whoever analyses the frames.</summary>
    public required Guid PresenceId { get; init; }

    /// <summary>Number of the face track within its audience, from 1.</summary>
    public required int TrackId { get; init; }

    /// <summary>First sighting (capture time). The interval includes its start.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Newest sighting (capture time). The interval excludes its end.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Whether the viewer is in view now.</summary>
    public required bool InView { get; init; }

    /// <summary>Seconds within the interval in which the face was turned to the screen. 0 .. length of the interval.</summary>
    public required double SecondsAttentive { get; init; }

    /// <summary>Fused estimate over all good frames so far; null while there was none (too small, too blurred).</summary>
    public SegmentProbabilities? Segments { get; init; }

    /// <summary>Estimated age in years, fused like <see cref="Segments"/>; null while unknown.</summary>
    public double? AgeYears { get; init; }

    /// <summary>Probability that the viewer is younger than 19, for child safety; null while unknown.</summary>
    public double? ChildProbability { get; init; }

    /// <summary>Area of the face in its newest frame, as a share of the frame, 0..1.</summary>
    public required double FaceArea { get; init; }

    /// <summary>
    /// L2-normalised face embeddings taken since the report before, each <see cref="ViewBytes"/> long; at most <see cref="MaxViews"/>.
    /// They travel over TLS or in process only, are protected on arrival, and are never written as they are.
    /// </summary>
    public IReadOnlyList<byte[]> Views { get; init; } = [];
}
