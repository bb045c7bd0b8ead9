using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>Current state of all screens, from memory, with change notifications at most twice a second.</summary>
sealed class ScreenBoard : IDisposable
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
            : snapshot.HouseLoop.Concat(snapshot.Campaigns.SelectMany(c => c.Creatives)).Where(c => shown.Contains(c.Id))
                .DistinctBy(c => c.Id).ToDictionary(c => c.Id);
        return [.. screens.Select(screen =>
        {
            var last = _connections.LastBeat(screen.Id);
            var showing = last?.Beat.Showing is { } id ? names.GetValueOrDefault(id) : null;
            var viewers = _audiences.Find(screen.Id)?.Viewers ?? [];
            return new ScreenNow(
                screen.Id, screen.Name, screen.SiteName, _connections.IsConnected(screen.Id), last?.At, last?.Beat.Camera
                    ?? CameraState.None,
                last?.Beat.Problem, last?.Beat.Showing, showing?.Name, showing?.Sha256, viewers.Count,
                [.. viewers.Select(v => v.Segments?.Top ?? Segment.Unknown)], screen.Mode, last?.Beat.OutboxPending
                    ?? 0, last?.Beat.PageRendering ?? true,
                last?.Beat.Analysing ?? screen.Mode, last?.Beat.HasModels)
            {
                // Rounded, so that invisible changes do not redraw a card.
                ClockAhead = last?.Beat.ClockAheadMilliseconds is { } ahead
                    ? TimeSpan.FromMilliseconds(Math.Round(ahead / 100) * 100) : null,
                ClockDrift = last?.Beat.ClockDriftPartsPerMillion is { } drift ? Math.Round(drift) : null,
                CpuCelsius = last?.Beat.CpuCelsius is { } celsius ? Math.Round(celsius) : null,
                Sensors =
                    [.. (last?.Beat.Sensors ?? []).Select(s => s.Metres is { } metres ? s with { Metres = Math.Round(metres, 1) } : s)],
            };
        })];
    }

    /// <summary>Subscribes to changes, at most twice a second, on a pool thread. Dispose to unsubscribe.</summary>
    /// <param name="changed">Called after changes.</param>
    public IDisposable Subscribe(Action changed) => _changed.Add(_ => changed());

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
