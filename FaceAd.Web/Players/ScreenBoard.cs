using FaceAd.Core;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>Current state of all screens of all nodes, from memory, with change notifications at most twice a second.</summary>
sealed class ScreenBoard : IDisposable
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(500);
    private readonly ScreenStates _states;
    private readonly ScreenDirectory _screens;
    private readonly SnapshotReader _snapshots;
    private readonly ITimer _timer;
    private readonly Subscribers<ValueTuple> _changed;
    private readonly IDisposable[] _listening;
    private int _scheduled;

    /// <summary>Subscribes to its sources.</summary>
    public ScreenBoard(
        ScreenStates states, ScreenDirectory screens, SnapshotReader snapshots, TimeProvider time, ILogger<ScreenBoard> log)
    {
        (_states, _screens, _snapshots) = (states, screens, snapshots);
        _timer = time.CreateTimer(_ => Tell(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _changed = new("screens' state", log);
        _listening = [states.Changed.Add(_ => Schedule()), screens.Changed.Add(_ => Schedule())];
    }

    /// <summary>All screens.</summary>
    public IReadOnlyList<ScreenNow> Now() => Now(_screens.All);

    /// <summary>How many screens are connected.</summary>
    public int Connected => _states.Active().Count(s => s.Connected);

    /// <summary>How many screens are connected, how many people are in view, and of how many of them no segment is known.</summary>
    public (int Connected, int People, int Unknown) Sum()
    {
        var (connected, people, unknown) = (0, 0, 0);
        foreach (var state in _states.Active())
        {
            connected += state.Connected ? 1 : 0;
            people += state.Viewers.Count;
            unknown += state.Viewers.Count(segment => segment == Segment.Unknown);
        }
        return (connected, people, unknown);
    }

    /// <summary>State of selected screens, for pages that show only a few.</summary>
    /// <param name="asked">The screens.</param>
    public IReadOnlyList<ScreenNow> Now(IEnumerable<ScreenEntry> asked)
    {
        List<(ScreenEntry Screen, ScreenState State)> screens = [.. asked.Select(s => (s, _states.Find(s)))];
        var snapshot = _snapshots.Current;
        var shown = screens.SelectMany(s => (s.State.Beat?.LeftOut ?? []).Cast<Guid?>().Append(s.State.Beat?.Showing)).OfType<Guid>()
            .ToHashSet();
        var names = shown.Count == 0 ? []
            : snapshot.HouseLoop.Concat(snapshot.Campaigns.SelectMany(c => c.Creatives)).Where(c => shown.Contains(c.Id))
                .DistinctBy(c => c.Id).ToDictionary(c => c.Id);
        return [.. screens.Select(s =>
        {
            var (screen, state) = s;
            var (connected, beat, beatAt, viewers) = state;
            var showing = beat?.Showing is { } id ? names.GetValueOrDefault(id) : null;
            return new ScreenNow(
                screen.Id, screen.Name, screen.SiteName, connected, beatAt, beat?.Camera ?? CameraState.None, beat?.Problem,
                beat?.Showing, showing?.Name, showing?.Sha256, viewers.Count, viewers, screen.Mode, beat?.OutboxPending ?? 0,
                beat?.PageRendering ?? true, beat?.Analysing ?? screen.Mode, beat?.HasModels)
            {
                // Rounded, so that invisible changes do not redraw a card.
                ClockAhead = beat?.ClockAheadMilliseconds is { } ahead ? TimeSpan.FromMilliseconds(Math.Round(ahead / 100) * 100) : null,
                ClockDrift = beat?.ClockDriftPartsPerMillion is { } drift ? Math.Round(drift) : null,
                CpuCelsius = beat?.CpuCelsius is { } celsius ? Math.Round(celsius) : null,
                IsDisputed = state.IsDisputed,
                Hints = state.Hints,
                LeftOut = [.. (beat?.LeftOut ?? []).Select(id => names.GetValueOrDefault(id)?.Name).OfType<string>().Order()],
                Sensors = [.. (beat?.Sensors ?? []).Select(x => x.Metres is { } metres ? x with { Metres = Math.Round(metres, 1) } : x)],
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
