using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

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

    /// <summary>The sensors in the cabin; empty when there are none, or before the first heartbeat.</summary>
    public IReadOnlyList<SensorReport> Sensors { get; init; } = [];
}

/// <summary>Current state of all screens, from memory, with change notifications at most twice a second.</summary>
public sealed class ScreenBoard : IDisposable
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(500);
    private readonly ScreenConnections _connections;
    private readonly ScreenDirectory _screens;
    private readonly LiveAudiences _audiences;
    private readonly SnapshotReader _snapshots;
    private readonly ITimer _timer;
    private readonly Subscribers<ValueTuple> _changed;
    private readonly IDisposable[] _listening;
    private int _scheduled;

    /// <summary>Subscribes to its sources.</summary>
    public ScreenBoard(
        ScreenConnections connections, ScreenDirectory screens, LiveAudiences audiences, SnapshotReader snapshots, TimeProvider time,
        ILogger<ScreenBoard> log)
    {
        (_connections, _screens, _audiences, _snapshots) = (connections, screens, audiences, snapshots);
        _timer = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _changed = new("screens' state", log);
        _listening = [connections.Changed.Add(_ => Schedule()), screens.Changed.Add(_ => Schedule())];
    }

    /// <summary>All screens.</summary>
    public IReadOnlyList<ScreenNow> Now() => Now(_screens.All);

    /// <summary>How many screens are connected.</summary>
    public int Connected => _screens.All.Count(s => _connections.IsConnected(s.Id));

    /// <summary>State of selected screens, for pages that show only a few.</summary>
    /// <param name="asked">The screens.</param>
    public IReadOnlyList<ScreenNow> Now(IEnumerable<ScreenEntry> asked)
    {
        List<ScreenEntry> screens = [.. asked];
        var snapshot = _snapshots.Current;
        var shown = screens.Select(s => _connections.LastBeat(s.Id)?.Beat.Showing).OfType<Guid>().ToHashSet();
        var names = shown.Count == 0 ? []
            : snapshot.HouseLoop.Concat(snapshot.Campaigns.SelectMany(c => c.Creatives)).Where(c => shown.Contains(c.Id)).DistinctBy(c => c.Id).ToDictionary(c => c.Id);
        return [.. screens.Select(screen =>
        {
            var last = _connections.LastBeat(screen.Id);
            var showing = last?.Beat.Showing is { } id ? names.GetValueOrDefault(id) : null;
            var viewers = _audiences.Find(screen.Id)?.Viewers ?? [];
            return new ScreenNow(
                screen.Id, screen.Name, screen.SiteName, _connections.IsConnected(screen.Id), last?.At, last?.Beat.Camera ?? CameraState.None,
                last?.Beat.Problem, last?.Beat.Showing, showing?.Name, showing?.Sha256, viewers.Count,
                [.. viewers.Select(v => v.Segments?.Top ?? Segment.Unknown)], screen.Mode, last?.Beat.OutboxPending ?? 0, last?.Beat.PageRendering ?? true,
                last?.Beat.Analysing ?? screen.Mode, last?.Beat.HasModels)
            {
                // Rounded, so that invisible changes do not redraw a card.
                ClockAhead = last?.Beat.ClockAheadMilliseconds is { } ahead ? TimeSpan.FromMilliseconds(Math.Round(ahead / 100) * 100) : null,
                ClockDrift = last?.Beat.ClockDriftPartsPerMillion is { } drift ? Math.Round(drift) : null,
                CpuCelsius = last?.Beat.CpuCelsius is { } celsius ? Math.Round(celsius) : null,
                Sensors = [.. (last?.Beat.Sensors ?? []).Select(s => s.Metres is { } metres ? s with { Metres = Math.Round(metres, 1) } : s)],
            };
        })];
    }

    /// <summary>Subscribes to changes, at most twice a second, on a pool thread. Dispose to unsubscribe.</summary>
    /// <param name="changed">Called after changes.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _listening) subscription.Dispose();
        _timer.Dispose();
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) _timer.Change(Throttle, Timeout.InfiniteTimeSpan);
    }

    private void Tell()
    {
        Volatile.Write(ref _scheduled, 0);
        _changed.Tell(default);
    }
}
