using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Player.Camera;

namespace FaceAd.Player.Server;

/// <summary>
/// Device inference: analyses frames in this process and hands the audience reports on. The models are loaded beside the work,
/// because that takes seconds on a small computer. Used by one worker.
/// </summary>
internal sealed class DeviceAnalysis(PlayerSettings settings, AudienceSender reports, TimeProvider time, ILogger<DeviceAnalysis> log) : IDisposable
{
    static readonly TimeSpan LoadAgainAfter = TimeSpan.FromSeconds(30);

    readonly Lock _lock = new();
    FaceChain? _chain;
    volatile AudienceObserver? _observer;
    volatile string? _problem;
    long? _failedAt;
    bool _loading;
    bool _wanted;

    /// <summary>Whether frames can be analysed.</summary>
    public bool IsReady => _observer is not null;

    /// <summary>Why they never will, in one sentence; null while nothing is known to be wrong.</summary>
    public string? Problem => _problem;

    /// <summary>Whether an audience is open.</summary>
    public bool AudienceOpen => _observer is { AudienceOpen: true };

    /// <summary>Starts to load the models, unless they are loaded, being loaded, or could not be loaded a moment ago.</summary>
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
            _ = Task.Run(() => Load(folder));
        }
    }

    /// <summary>Analyses a frame.</summary>
    /// <returns>False when the models are not ready.</returns>
    /// <exception cref="InvalidFrameException">It cannot be analysed; go on with the next.</exception>
    public bool Observe(JpegFrame frame)
    {
        if (_observer is not { } observer) return false;
        Tell(observer, observer.Observe(frame.Memory.Span, frame.CapturedAt, frame.CabinEmptied));
        return true;
    }

    /// <summary>Says that time has passed. Call it about once a second.</summary>
    public void CheckSilence()
    {
        if (_observer is { } observer) Tell(observer, observer.CheckSilence(time.GetUtcNow()));
    }

    /// <summary>Nothing more will be seen: ends the open audience, if any, and frees the models.</summary>
    public void Stop()
    {
        if (_observer is { } observer) Tell(observer, observer.Stop(time.GetUtcNow()));
        Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _chain?.Dispose();
            (_chain, _wanted, _problem) = (null, false, null);
            _observer = null;
        }
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
        catch (Exception e) // whatever is wrong with them, the screen goes on and says so
        {
            lock (_lock)
            {
                _loading = false;
                _failedAt = time.GetTimestamp();
                _problem = $"The models cannot be used, nobody is counted: {e.Message}";
            }
            log.LogError("The models cannot be used: {Reason}", e.Message);
        }
    }

    void Tell(AudienceObserver observer, AudienceReport? report)
    {
        for (; report is not null; report = observer.Next()) reports.Add(report);
    }
}
