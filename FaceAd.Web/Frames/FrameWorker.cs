using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Frames;

/// <summary>
/// Analyses queued frames with the production chain and runs each screen's presence machine. Its reports go to <see cref="ReportQueue"/>;
/// while that is full, new frames replace old ones. A picture is wiped as soon as it is analysed.
/// </summary>
sealed class FrameWorker(
    FrameQueue queue, FaceChain chain, ReportQueue output, ScreenDirectory screens, SiteOwnership ownership, FrameMeters meters,
    AnalysisGaps gaps, TimeProvider time, ILogger<FrameWorker> log) : BackgroundService
{
    private static readonly TimeSpan SilenceCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1); // what frames said of a camera is good for that long
    private readonly ConcurrentDictionary<Guid, Watch> _watches = new();
    private readonly LogLimit<Guid> _complaints = new(log, time, most: 10, TimeSpan.FromHours(1)); // by screen

    /// <summary>How long after its last frame a screen is forgotten: one that is silent for good costs nothing.</summary>
    internal TimeSpan Idle { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many screens are watched.</summary>
    internal int Watched => _watches.Count;

    /// <summary>What a screen's frames say of how its camera hangs; null when none was analysed here in the last minute.</summary>
    public CameraHints? HintsOf(Guid screenId) =>
        _watches.TryGetValue(screenId, out var watch) && watch.Hints is { } hints && time.GetElapsedTime(watch.FrameAt) < Lately
            ? hints.Value : null;

    /// <summary>Drops the viewers of the screens of some sites: other nodes continue.</summary>
    public void Drop(IReadOnlySet<Guid> sites)
    {
        foreach (var screenId in _watches.Keys.Where(id => screens.Find(id) is { } screen && sites.Contains(screen.SiteId)))
        {
            _watches.TryRemove(screenId, out _);
            gaps.Forget(screenId);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Task.Run(() => AnalyseAllAsync(stoppingToken), stoppingToken),
        WatchSilenceAsync(stoppingToken));

    private async Task AnalyseAllAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested) await queue.TakeAsync(AnalyseAsync, stopping);
    }

    private async ValueTask AnalyseAsync(PendingFrame frame)
    {
        Traces.Continue("frame queued", frame.Received.Trace, frame.Received.At)?.Dispose();
        using var trace = Traces.Continue("frame analysed", frame.Received.Trace);
        if (screens.Find(frame.ScreenId) is not { Measurement: true } screen || !screen.Takes(InferenceMode.Server, time.GetUtcNow())
            || ownership.Find(screen.SiteId) is null)
        {
            // Measurement or mode was switched, or the site went to another node, while the frame waited.
            gaps.Forget(frame.ScreenId);
            meters.Dropped(frame.ScreenId);
            return;
        }
        try
        {
            List<AudienceReport>? reports;
            do reports = Observe(frame);
            while (reports is null);
            foreach (var report in reports) await output.AddAsync(screen, report);
        }
        catch (InvalidFrameException exception)
        {
            Failed();
            if (_complaints.Allows(frame.ScreenId))
                log.LogWarning("A frame of screen {ScreenId} was refused: {Reason}", frame.ScreenId, exception.Message);
        }
        catch (Exception exception)
        {
            Failed();
            if (_complaints.Allows(frame.ScreenId))
                log.LogError(exception, "Could not analyse a frame of screen {ScreenId}", frame.ScreenId);
        }

        // The player was told that the frame is taken: when nothing else is analysed for long, plays are not measured.
        void Failed()
        {
            gaps.Dropped(frame.ScreenId);
            meters.Invalid(frame.ScreenId);
        }
    }

    /// <summary>Analyses a frame.</summary>
    /// <returns>The reports that are due; null when the screen has just been forgotten, and is to be watched anew.</returns>
    private List<AudienceReport>? Observe(PendingFrame frame)
    {
        var watch = _watches.GetOrAdd(frame.ScreenId, _ => new Watch(new AudienceObserver(chain, new AudienceObserverOptions())));
        List<AudienceReport> reports = [];
        lock (watch)
        {
            if (watch.IsOver)
            {
                _watches.TryRemove(KeyValuePair.Create(frame.ScreenId, watch));
                return null;
            }
            watch.FrameAt = time.GetTimestamp();
            var ignored = watch.Observer.IgnoredFrames;
            var report = watch.Observer.Observe(frame.Jpeg, frame.CapturedAt, frame.CabinEmptied);
            for (; report is not null; report = watch.Observer.Next()) reports.Add(report);
            if (watch.Observer.IgnoredFrames > ignored)
            {
                meters.Late(frame.ScreenId);
                return [];
            }
            // Frames carry the player's clock; silence is judged by ours. The offset of the newest frame ties them.
            watch.Offset = frame.CapturedAt - time.GetUtcNow();
            gaps.Analysed(frame.ScreenId, frame.CapturedAt);
            if (watch.Hints?.Value != watch.Observer.Hints) watch.Hints = new(watch.Observer.Hints);
            meters.Stages(watch.Observer.LastTimings);
        }
        return reports;
    }

    private async Task WatchSilenceAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(SilenceCheck, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            foreach (var (screenId, watch) in _watches)
            {
                try
                {
                    var screen = screens.Find(screenId);
                    List<AudienceReport> reports = [];
                    lock (watch)
                    {
                        var now = time.GetUtcNow() + watch.Offset;
                        var watched = screen is { Measurement: true } && screen.Takes(InferenceMode.Server, time.GetUtcNow());
                        var report = watched ? watch.Observer.CheckSilence(now) : watch.Observer.Stop(now);
                        for (; report is not null; report = watch.Observer.Next()) reports.Add(report);
                        watch.IsOver = !watch.Observer.AudienceOpen && time.GetElapsedTime(watch.FrameAt) >= Idle;
                        if (watch.IsOver) _watches.TryRemove(KeyValuePair.Create(screenId, watch));
                    }
                    if (screen is null) continue;
                    foreach (var report in reports) await output.AddAsync(screen, report);
                }
                catch (Exception exception)
                {
                    if (_complaints.Allows(screenId)) log.LogError(exception, "Could not check screen {ScreenId} for silence", screenId);
                }
            }
        }
    }

    // Locked by itself: frames of a screen come one at a time, and the silence check beside them.
    private sealed class Watch(AudienceObserver observer)
    {
        public AudienceObserver Observer { get; } = observer;

        public TimeSpan Offset { get; set; }

        /// <summary>What its frames said last. Read without the lock, which is held during an analysis.</summary>
        public StrongBox<CameraHints>? Hints { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

        /// <summary>When its last frame was analysed, as a timestamp.</summary>
        public long FrameAt { get; set; } = long.MaxValue;

        /// <summary>Whether it was forgotten.</summary>
        public bool IsOver { get; set; }
    }
}
