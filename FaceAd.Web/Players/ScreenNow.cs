using FaceAd.Core;

namespace FaceAd.Web.Players;

/// <summary>Current state of a screen, as shown to administrators.</summary>
/// <param name="ScreenId">The screen.</param>
/// <param name="Name">Its name.</param>
/// <param name="SiteName">Its site's name.</param>
/// <param name="Connected">Whether its player is connected.</param>
/// <param name="LastSeenAt">Latest heartbeat; null when this server has received none.</param>
/// <param name="Camera">State of the camera.</param>
/// <param name="Problem">Problem reported by the player; null when there is none.</param>
/// <param name="ShowingCreativeId">Creative on the screen; null when unknown.</param>
/// <param name="ShowingName">Its name.</param>
/// <param name="ShowingSha256">Hash of its file.</param>
/// <param name="Viewers">People in view.</param>
/// <param name="Segments">Their most likely segments.</param>
/// <param name="Mode">Where frames are analysed.</param>
/// <param name="OutboxPending">Play reports pending in the player's outbox.</param>
/// <param name="PageRendering">Whether the playback page is rendering; true before the first heartbeat, since no problem is known.</param>
/// <param name="Analysing">Where the player reports that frames are analysed; <paramref name="Mode"/> before the first heartbeat.</param>
/// <param name="HasModels">Whether the player could analyse frames itself; null before the first heartbeat.</param>
public sealed record ScreenNow(
    Guid ScreenId, string Name, string SiteName, bool Connected, DateTimeOffset? LastSeenAt, CameraState Camera, string? Problem,
    Guid? ShowingCreativeId, string? ShowingName, string? ShowingSha256, int Viewers, IReadOnlyList<Segment> Segments,
    InferenceMode Mode, int OutboxPending, bool PageRendering,
    InferenceMode Analysing, bool? HasModels)
{
    /// <summary>A larger clock difference needs attention.</summary>
    public static readonly TimeSpan MostClockAhead = TimeSpan.FromSeconds(2);

    /// <summary>A larger clock drift suggests a faulty clock, in parts per million.</summary>
    public const double MostClockDrift = 200;

    /// <summary>From this temperature on a processor is too hot: a Raspberry Pi throttles.</summary>
    public const double HotCelsius = 80;

    /// <summary>How far the clock of the player's machine is ahead, negative when behind; null before it was reported.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>Drift of that clock in parts per million, negative when slow; null while there is too little data.</summary>
    public double? ClockDrift { get; init; }

    /// <summary>Temperature of the player's processor in whole degrees Celsius; null where the machine does not report it.</summary>
    public double? CpuCelsius { get; init; }

    /// <summary>Whether a second player with its token was refused lately.</summary>
    public bool IsDisputed { get; init; }

    /// <summary>How its camera hangs.</summary>
    public CameraHints Hints { get; init; }

    /// <summary>Names of the creatives that fail on this screen and are left out there.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The sensors in the cabin; empty when there are none, or before the first heartbeat.</summary>
    public IReadOnlyList<SensorReport> Sensors { get; init; } = [];
}
