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
/// An audience is one appearance: it opens with the first person's face and closes when everyone has left.
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

    /// <summary>
    /// When the first of the faces was seen that were in view when the first was known to be a person's (capture time).
    /// </summary>
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
