namespace FaceAd.Core;

/// <summary>Status of a screen.</summary>
public sealed record Heartbeat
{
    /// <summary>Interval between heartbeats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Maximum length of <see cref="Problem"/>.</summary>
    public const int MaxProblem = 400;

    /// <summary>The <see cref="Problem"/> of a player in device inference that has no models.</summary>
    public const string NoModels = "This screen uses device inference, but its player was started without --models: nobody is counted.";

    /// <summary>The player's time: its estimate of the server's, or the machine's own between boot and first contact.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>Largest magnitude of <see cref="ClockAheadMilliseconds"/>: a century.</summary>
    public const double MostAheadMilliseconds = 3_155_760_000_000;

    /// <summary>Largest magnitude of <see cref="ClockDriftPartsPerMillion"/>: 10 %.</summary>
    public const double MostDrift = 100_000;

    /// <summary>
    /// How far the machine's own clock is ahead of the server's, in milliseconds, negative when behind; at most
    /// <see cref="MostAheadMilliseconds"/> either way. Reports are corrected for it. Null before the first reply.
    /// </summary>
    public double? ClockAheadMilliseconds { get; init; }

    /// <summary>
    /// Drift of the machine's clock over the last hour, in parts per million, positive when fast; at most <see cref="MostDrift"/> either
    /// way. Null while too little is known.
    /// </summary>
    public double? ClockDriftPartsPerMillion { get; init; }

    /// <summary>Version of the player.</summary>
    public required string PlayerVersion { get; init; }

    /// <summary>The creative on screen; null when there is none.</summary>
    public Guid? Showing { get; init; }

    /// <summary>State of the camera.</summary>
    public required CameraState Camera { get; init; }

    /// <summary>How the camera hangs, where the player analyses its frames.</summary>
    public CameraHints Hints { get; init; }

    /// <summary>
    /// The player's most visible problem, in a plain sentence of at most <see cref="MaxProblem"/> characters; null when there is none.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Number of play reports waiting for delivery.</summary>
    public required int OutboxPending { get; init; }

    /// <summary>Number of the programme's creatives that are in the cache and verified.</summary>
    public required int CreativesReady { get; init; }

    /// <summary>Maximum number of <see cref="LeftOut"/>.</summary>
    public const int MaxLeftOut = 32;

    /// <summary>
    /// Creatives that failed twice on this screen while others played, and are left out there; null or empty when none are.
    /// </summary>
    public IReadOnlyList<Guid>? LeftOut { get; init; }

    /// <summary>Whether the rendering page is connected.</summary>
    public required bool PageRendering { get; init; }

    /// <summary>Where frames are analysed now; may lag behind the programme, see <see cref="InferenceHandover"/>.</summary>
    public InferenceMode Analysing { get; init; }

    /// <summary>Whether the player has models, and so could do device inference.</summary>
    public bool HasModels { get; init; }

    /// <summary>Maximum number of <see cref="Sensors"/>.</summary>
    public const int MaxSensors = 8;

    /// <summary>Lowest and highest <see cref="CpuCelsius"/>.</summary>
    public const double LeastCelsius = -100, MostCelsius = 200;

    /// <summary>The screen's sensors, in the order of its settings; null when it has none.</summary>
    public IReadOnlyList<SensorReport>? Sensors { get; init; }

    /// <summary>
    /// Temperature of the player's processor in degrees Celsius, <see cref="LeastCelsius"/> to <see cref="MostCelsius"/>; null when the
    /// machine does not report it.
    /// </summary>
    public double? CpuCelsius { get; init; }
}
