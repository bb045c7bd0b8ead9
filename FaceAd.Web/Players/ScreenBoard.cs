using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>A screen as an admin sees it now.</summary>
/// <param name="ScreenId">The screen.</param>
/// <param name="Name">Its name.</param>
/// <param name="SiteName">Its building.</param>
/// <param name="Connected">Whether its player is connected.</param>
/// <param name="LastSeenAt">Newest heartbeat; null when this server has had none.</param>
/// <param name="Camera">State of the camera.</param>
/// <param name="Problem">What the player says is wrong; null when nothing is.</param>
/// <param name="ShowingCreativeId">Creative on the screen; null when none is known.</param>
/// <param name="ShowingName">Its name.</param>
/// <param name="ShowingSha256">Hash of its file.</param>
/// <param name="Viewers">People in view.</param>
/// <param name="Segments">Their most likely segments.</param>
/// <param name="Mode">Where frames are analysed.</param>
/// <param name="OutboxPending">Play reports that wait in the player.</param>
/// <param name="PageRendering">Whether a page really renders; true when no heartbeat has come, since nothing is known to be wrong.</param>
/// <param name="Analysing">Where the player says that frames are analysed now; <paramref name="Mode"/> when no heartbeat has come.</param>
/// <param name="HasModels">Whether the player could analyse frames itself; null when no heartbeat has come.</param>
public sealed record ScreenNow(
    Guid ScreenId, string Name, string SiteName, bool Connected, DateTimeOffset? LastSeenAt, CameraState Camera, string? Problem,
    Guid? ShowingCreativeId, string? ShowingName, string? ShowingSha256, int Viewers, IReadOnlyList<Segment> Segments,
    InferenceMode Mode, int OutboxPending, bool PageRendering,
    InferenceMode Analysing, bool? HasModels)
{
    /// <summary>Beyond this the machine's own clock needs a hand.</summary>
    public static readonly TimeSpan MostClockAhead = TimeSpan.FromSeconds(2);

    /// <summary>Beyond this its clock runs so fast or slow that it is hardly sound, in parts per million.</summary>
    public const double MostClockDrift = 200;

    /// <summary>From here on a processor is too hot: a Raspberry Pi slows down.</summary>
    public const double HotCelsius = 80;

    /// <summary>How far the player's machine's own clock is ahead, negative when behind; null while it has not said.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>How fast that clock runs, in parts per million, negative when slow; null while too little is known.</summary>
    public double? ClockDrift { get; init; }

    /// <summary>Temperature of the player's processor in whole degrees Celsius; null where its machine does not tell.</summary>
    public double? CpuCelsius { get; init; }

    /// <summary>The sensors in the cabin; empty where there are none, or no heartbeat has come.</summary>
    public IReadOnlyList<SensorReport> Sensors { get; init; } = [];
}

/// <summary>All screens as they are now, from memory, and news of changes at most twice a second.</summary>
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

    /// <summary>Starts listening.</summary>
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

    /// <summary>Some screens: a page that shows a few asks for no more.</summary>
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
                // What moves by less than anybody would see does not redraw a card.
                ClockAhead = last?.Beat.ClockAheadMilliseconds is { } ahead ? TimeSpan.FromMilliseconds(Math.Round(ahead / 100) * 100) : null,
                ClockDrift = last?.Beat.ClockDriftPartsPerMillion is { } drift ? Math.Round(drift) : null,
                CpuCelsius = last?.Beat.CpuCelsius is { } celsius ? Math.Round(celsius) : null,
                Sensors = [.. (last?.Beat.Sensors ?? []).Select(s => s.Metres is { } metres ? s with { Metres = Math.Round(metres, 1) } : s)],
            };
        })];
    }

    /// <summary>Calls back after changes, at most twice a second, on a pool thread. Dispose to end.</summary>
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
