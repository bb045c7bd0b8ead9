namespace FaceAd.Core;

/// <summary>Calls from the server to a screen, over SignalR.</summary>
public interface IScreenClient
{
    /// <summary>Plays a creative, now or next. A command whose sequence is not above the latest one received is ignored.</summary>
    /// <param name="command">What to play.</param>
    Task Play(PlayCommand command);

    /// <summary>Sets the creatives to keep ready, and how to measure. Sent on connect and on every change.</summary>
    /// <param name="programme">The complete programme; replaces the previous one.</param>
    Task Programme(ScreenProgramme programme);

    /// <summary>
    /// Says whether an audience is open at this screen (server inference). While one is open the player samples at least two frames a
    /// second regardless of motion. Ignored in device inference.
    /// </summary>
    /// <param name="open">True while an audience is open.</param>
    Task AudienceOpen(bool open);
}

/// <summary>Calls from a screen to the server, over SignalR. Reports go over HTTP instead, see <see cref="Routes"/>.</summary>
public interface IScreenHub
{
    /// <summary>Sends a heartbeat, every <see cref="Heartbeat.Interval"/>.</summary>
    /// <param name="heartbeat">Status of the screen.</param>
    /// <returns>The server's time, which the player adopts.</returns>
    Task<HeartbeatReply> Beat(Heartbeat heartbeat);

    /// <summary>Acknowledges a play command that has arrived and was obeyed or superseded.</summary>
    /// <param name="sequence">Sequence of the command.</param>
    Task Acknowledge(long sequence);

    /// <summary>Says that the running play ends soon, so that the server decides what comes next.</summary>
    /// <param name="ending">The play, and the time left.</param>
    Task PlayEnding(PlayEnding ending);
}

/// <summary>A command to play a creative.</summary>
/// <param name="Sequence">Increases with every command to this screen.</param>
/// <param name="DecisionId">The decision behind it.</param>
/// <param name="CreativeId">What to play; null returns to the house loop.</param>
/// <param name="AtEnd">True: when the running play ends. False: at once.</param>
/// <param name="DecidedAt">Server time of the decision.</param>
public sealed record PlayCommand(long Sequence, Guid DecisionId, Guid? CreativeId, bool AtEnd, DateTimeOffset DecidedAt);

/// <summary>The creatives a screen keeps ready, and how it measures.</summary>
public sealed record ScreenProgramme
{
    /// <summary>The screen's name, for its log and page title.</summary>
    public required string ScreenName { get; init; }

    /// <summary>Where frames are analysed.</summary>
    public required InferenceMode Mode { get; init; }

    /// <summary>False when the site has turned measurement off: the camera stays closed, and the screen keeps playing.</summary>
    public required bool Measurement { get; init; }

    /// <summary>Notice shown on the screen while measurement is on.</summary>
    public required string Notice { get; init; }

    /// <summary>Every creative that may be played, including the house loop.</summary>
    public required IReadOnlyList<CreativeFile> Creatives { get; init; }

    /// <summary>Creatives to play in turn when no ad is due.</summary>
    public required IReadOnlyList<Guid> HouseLoop { get; init; }
}

/// <summary>A creative's file.</summary>
/// <param name="CreativeId">The creative.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Size of the file in bytes.</param>
/// <param name="Seconds">Running time in seconds.</param>
/// <param name="Name">Display name.</param>
public sealed record CreativeFile(Guid CreativeId, string Sha256, long Bytes, double Seconds, string Name);

/// <summary>The state of a screen's camera.</summary>
public enum CameraState
{
    /// <summary>No camera is configured.</summary>
    None = 0,

    /// <summary>Frames arrive.</summary>
    Running = 1,

    /// <summary>Measurement is switched off.</summary>
    Off = 2,

    /// <summary>Configured, but no frames arrive.</summary>
    Failed = 3,
}

/// <summary>What a sensor in the cabin measures.</summary>
public enum SensorKind
{
    /// <summary>Motion.</summary>
    Motion = 0,

    /// <summary>Distance to the nearest object.</summary>
    Distance = 1,
}

/// <summary>State reported by a sensor in the cabin.</summary>
public enum SensorState
{
    /// <summary>The sensor does not answer, or its readings are implausible: the player works without it.</summary>
    Unknown = 0,

    /// <summary>Someone is there.</summary>
    Present = 1,

    /// <summary>Nobody is there.</summary>
    Empty = 2,
}

/// <summary>A sensor of a screen.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="State">What it reports.</param>
/// <param name="Metres">Measured distance, 0 to <see cref="MostMetres"/>; null when it measures none, or nothing is in range.</param>
public sealed record SensorReport(SensorKind Kind, SensorState State, double? Metres)
{
    /// <summary>Largest value of <see cref="Metres"/>.</summary>
    public const double MostMetres = 10;
}

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

    /// <summary>
    /// The player's most visible problem, in a plain sentence of at most <see cref="MaxProblem"/> characters; null when there is none.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>Number of play reports waiting for delivery.</summary>
    public required int OutboxPending { get; init; }

    /// <summary>Number of the programme's creatives that are in the cache and verified.</summary>
    public required int CreativesReady { get; init; }

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

/// <summary>Reply to a heartbeat.</summary>
/// <param name="ServerTime">The server's time when it replied.</param>
public sealed record HeartbeatReply(DateTimeOffset ServerTime);

/// <summary>The running play ends soon.</summary>
/// <param name="CreativeId">The creative that is ending; null for the house loop.</param>
/// <param name="Remaining">Time left until its last frame.</param>
public sealed record PlayEnding(Guid? CreativeId, TimeSpan Remaining);
