using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Player.Camera;

namespace FaceAd.Player.Server;

/// <summary>
/// Device inference: analyses frames in this process and queues the audience reports. Models are loaded in the background,
/// because that takes seconds on a small computer. Used by one worker, and stopped by whoever stops the player.
/// </summary>
sealed class DeviceAnalysis(PlayerSettings settings, AudienceSender reports, TimeProvider time, ILogger<DeviceAnalysis> log)
    : IAsyncDisposable
{
    static readonly TimeSpan LoadAgainAfter = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(20);

    readonly Lock _running = new(); // one call of the observer at a time; taken before _lock
    readonly Lock _lock = new();
    FaceChain? _chain;
    Task _load = Task.CompletedTask;
    volatile AudienceObserver? _observer;
    volatile string? _problem;
    long? _failedAt;
    volatile IReadOnlyList<Rider> _riders = [];
    bool _loading;
    bool _wanted;

    /// <summary>Whether the models are loaded and frames can be analysed.</summary>
    public bool IsReady => _observer is not null;

    /// <summary>Why frames cannot be analysed, in one sentence; null when there is no known problem.</summary>
    public string? Problem => _problem;

    /// <summary>Everybody in view by the newest report; null while frames are not analysed here.</summary>
    public IReadOnlyList<Rider>? Riders => IsReady ? _riders : null;

    public bool AudienceOpen => _observer is { AudienceOpen: true };

    /// <summary>How the camera hangs; nothing while frames are not analysed here.</summary>
    public CameraHints Hints
    {
        get
        {
            lock (_running) return _observer?.Hints ?? default;
        }
    }

    /// <summary>Starts loading the models, unless they are loaded or loading, or have just failed to load.</summary>
    public void Prepare()
    {
        lock (_lock)
        {
            _wanted = true;
            if (_chain is not null || _loading) return;
            if (settings.ModelFolder is not { } folder)
            {
                _problem = Heartbeat.NoModels;
                return;
            }
            if (_failedAt is { } failed && time.GetElapsedTime(failed) < LoadAgainAfter) return;
            _loading = true;
            _load = Task.Run(() => Load(folder));
        }
    }

    /// <summary>Analyses a frame.</summary>
    /// <returns>False when the models are not ready.</returns>
    /// <exception cref="InvalidFrameException">The frame cannot be analysed; continue with the next.</exception>
    public bool Observe(JpegFrame frame)
    {
        lock (_running)
        {
            if (_observer is not { } observer) return false;
            Tell(observer, observer.Observe(frame.Memory.Span, frame.CapturedAt, frame.CabinEmptied));
            return true;
        }
    }

    /// <summary>Advances time while no frames arrive. Call it about once a second.</summary>
    public void CheckSilence()
    {
        lock (_running)
        {
            if (_observer is { } observer) Tell(observer, observer.CheckSilence(time.GetUtcNow()));
        }
    }

    /// <summary>Ends the open audience, if any, and frees the models. Waits for a frame that is being analysed.</summary>
    public void Stop()
    {
        lock (_running)
        {
            if (_observer is { } observer) Tell(observer, observer.Stop(time.GetUtcNow()));
            lock (_lock)
            {
                _chain?.Dispose();
                (_chain, _wanted, _problem) = (null, false, null);
                _observer = null;
            }
        }
    }

    // A process that exits while native code runs dies of a segmentation fault.
    public async ValueTask DisposeAsync()
    {
        Stop();
        Task load;
        lock (_lock) load = _load;
        await Task.WhenAny(load, Task.Delay(LoadLimit, time));
    }

    void Load(string folder)
    {
        try
        {
            var chain = new FaceChain(new FaceChainOptions { ModelFolder = folder });
            lock (_lock)
            {
                _loading = false;
                _problem = null;
                if (!_wanted)
                {
                    chain.Dispose();
                    return;
                }
                _chain = chain;
                _observer = new AudienceObserver(chain);
            }
            log.LogInformation("The models are ready: {Models}.", chain.ModelVersion);
        }
        catch (Exception e) // whatever is wrong with the models, the screen keeps playing and reports it
        {
            lock (_lock)
            {
                _loading = false;
                _failedAt = time.GetTimestamp();
                _problem = $"The models cannot be used, so nobody is counted: {e.Message}";
            }
            log.LogError("The models cannot be used: {Reason}", e.Message);
        }
    }

    void Tell(AudienceObserver observer, AudienceReport? report)
    {
        for (; report is not null; report = observer.Next())
        {
            _riders = report.State != AudienceState.Open ? []
                : [.. report.Presences.Where(p => p.InView).Select(p => new Rider(p with { Views = [] }))];
            reports.Add(report);
        }
    }
}
