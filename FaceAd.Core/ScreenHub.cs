namespace FaceAd.Core;

/// <summary>What the server tells a screen, over SignalR.</summary>
public interface IScreenClient
{
    /// <summary>Play this, now or next. A command with a sequence not above the newest one received is ignored.</summary>
    /// <param name="command">What to play.</param>
    Task Play(PlayCommand command);

    /// <summary>What the screen must hold ready, and how it shall watch. Sent on connect and whenever it changes.</summary>
    /// <param name="programme">The whole programme; replaces the one before.</param>
    Task Programme(ScreenProgramme programme);

    /// <summary>
    /// Whether an audience is open at this screen (server inference). Ignored while the player analyses its frames itself. While one is open the player samples at least
    /// two frames a second regardless of motion.
    /// </summary>
    /// <param name="open">True while an audience is open.</param>
    Task AudienceOpen(bool open);
}

/// <summary>What a screen tells the server, over SignalR. Reports go over HTTP instead, see <see cref="Routes"/>.</summary>
public interface IScreenHub
{
    /// <summary>Sign of life, every <see cref="Heartbeat.Interval"/>.</summary>
    /// <param name="heartbeat">How the screen is.</param>
    /// <returns>The server's clock, which the player takes over.</returns>
    Task<HeartbeatReply> Beat(Heartbeat heartbeat);

    /// <summary>A play command has arrived and was obeyed or superseded.</summary>
    /// <param name="sequence">Its sequence.</param>
    Task Acknowledge(long sequence);

    /// <summary>The running play ends soon: decide what comes next.</summary>
    /// <param name="ending">Which play, and when.</param>
    Task PlayEnding(PlayEnding ending);
}

/// <summary>An order to play a creative.</summary>
/// <param name="Sequence">Rises with every command to this screen.</param>
/// <param name="DecisionId">The decision behind it.</param>
/// <param name="CreativeId">What to play; null returns to the house loop.</param>
/// <param name="AtEnd">True: when the running play ends. False: at once.</param>
/// <param name="DecidedAt">Server time of the decision.</param>
public sealed record PlayCommand(long Sequence, Guid DecisionId, Guid? CreativeId, bool AtEnd, DateTimeOffset DecidedAt);

/// <summary>What a screen must hold ready, and how it shall watch.</summary>
public sealed record ScreenProgramme
{
    /// <summary>The screen's name, for its log and page title.</summary>
    public required string ScreenName { get; init; }

    /// <summary>Where frames are analysed.</summary>
    public required InferenceMode Mode { get; init; }

    /// <summary>False when the site has switched measurement off: the camera stays closed and the screen keeps playing.</summary>
    public required bool Measurement { get; init; }

    /// <summary>Notice that the screen shows while measurement is on.</summary>
    public required string Notice { get; init; }

    /// <summary>Every creative that may be asked for, house loop included.</summary>
    public required IReadOnlyList<CreativeFile> Creatives { get; init; }

    /// <summary>Creatives to play in turn when there is nothing better.</summary>
    public required IReadOnlyList<Guid> HouseLoop { get; init; }
}

/// <summary>A creative's file.</summary>
/// <param name="CreativeId">The creative.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Seconds">Running time.</param>
/// <param name="Name">A name for people.</param>
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

    /// <summary>Configured, and no frames arrive.</summary>
    Failed = 3,
}

/// <summary>What a sensor in the cabin measures.</summary>
public enum SensorKind
{
    /// <summary>Whether something moves.</summary>
    Motion = 0,

    /// <summary>How far the nearest thing is.</summary>
    Distance = 1,
}

/// <summary>What a sensor in the cabin says.</summary>
public enum SensorState
{
    /// <summary>It does not answer, or what it answers cannot be true: the player works as without it.</summary>
    Unknown = 0,

    /// <summary>Somebody is there.</summary>
    Present = 1,

    /// <summary>Nobody is there.</summary>
    Empty = 2,
}

/// <summary>A sensor of a screen.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="State">What it says.</param>
/// <param name="Metres">The distance it measured, 0 to <see cref="MostMetres"/>; null when it measures none, or nothing is within its reach.</param>
public sealed record SensorReport(SensorKind Kind, SensorState State, double? Metres)
{
    /// <summary>The largest <see cref="Metres"/>.</summary>
    public const double MostMetres = 10;
}

/// <summary>How a screen is.</summary>
public sealed record Heartbeat
{
    /// <summary>How often a screen sends one.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The most characters of <see cref="Problem"/>.</summary>
    public const int MaxProblem = 400;

    /// <summary>What <see cref="Problem"/> says when a player without models shall analyse its frames.</summary>
    public const string NoModels = "This screen shall analyse its frames itself, but its player was started without --models: nobody is counted.";

    /// <summary>The player's time: the server's as the player knows it, or the machine's own before the first contact after its start.</summary>
    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The largest <see cref="ClockAheadMilliseconds"/> either way: a century.</summary>
    public const double MostAheadMilliseconds = 3_155_760_000_000;

    /// <summary>The largest <see cref="ClockDriftPartsPerMillion"/> either way: a tenth.</summary>
    public const double MostDrift = 100_000;

    /// <summary>
    /// How far the machine's own clock is ahead of the server's, in milliseconds, negative when behind; at most <see cref="MostAheadMilliseconds"/>
    /// either way. Reports are corrected for it. Null before the first answer.
    /// </summary>
    public double? ClockAheadMilliseconds { get; init; }

    /// <summary>
    /// How fast the machine's clock runs, in parts per million over the last hour, negative when slow; at most <see cref="MostDrift"/> either
    /// way. Null while too little is known.
    /// </summary>
    public double? ClockDriftPartsPerMillion { get; init; }

    /// <summary>Version of the player program.</summary>
    public required string PlayerVersion { get; init; }

    /// <summary>The creative on the screen; null when nothing is.</summary>
    public Guid? Showing { get; init; }

    /// <summary>State of the camera.</summary>
    public required CameraState Camera { get; init; }

    /// <summary>Why the camera or the page does not work, in a plain sentence of at most <see cref="MaxProblem"/> characters; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>Play reports that wait to be delivered.</summary>
    public required int OutboxPending { get; init; }

    /// <summary>Creatives of the programme that are in the cache, checked.</summary>
    public required int CreativesReady { get; init; }

    /// <summary>Whether a page that really renders is connected.</summary>
    public required bool PageRendering { get; init; }

    /// <summary>Where frames are analysed now; for a while another than the programme says, see <see cref="InferenceHandover"/>.</summary>
    public InferenceMode Analysing { get; init; }

    /// <summary>Whether the player has models, so that it could analyse frames itself.</summary>
    public bool HasModels { get; init; }

    /// <summary>The most entries of <see cref="Sensors"/>.</summary>
    public const int MaxSensors = 8;

    /// <summary>The lowest and the highest <see cref="CpuCelsius"/>.</summary>
    public const double LeastCelsius = -100, MostCelsius = 200;

    /// <summary>The sensors of the screen, in the order of its settings; null where it has none.</summary>
    public IReadOnlyList<SensorReport>? Sensors { get; init; }

    /// <summary>Temperature of the player's processor in degrees Celsius, <see cref="LeastCelsius"/> to <see cref="MostCelsius"/>; null where its machine does not tell.</summary>
    public double? CpuCelsius { get; init; }
}

/// <summary>Answer to a heartbeat.</summary>
/// <param name="ServerTime">The server's clock when it answered.</param>
public sealed record HeartbeatReply(DateTimeOffset ServerTime);

/// <summary>The running play ends soon.</summary>
/// <param name="CreativeId">The creative that is ending; null for the house loop.</param>
/// <param name="Remaining">Time until its last frame.</param>
public sealed record PlayEnding(Guid? CreativeId, TimeSpan Remaining);
