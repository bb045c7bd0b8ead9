using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using FaceAd.Core;
using FaceAd.Inference.Imaging;
using FaceAd.Player.Camera;
using FaceAd.Player.Clock;

namespace FaceAd.Player.Server;

/// <summary>
/// Takes the selected frames one at a time and sends them to the server or analyses them locally, as the programme says. A frame
/// that could not be analysed leaves a gap in the measurement.
/// </summary>
sealed class FrameSender(
    CameraWorker camera, MeasurementLog measurement, ProgrammeStore programmes, DeviceAnalysis device, PlayerStatus status,
    IHttpClientFactory clients, ServerClock time, ILogger<FrameSender> log) : BackgroundService
{
    static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(5);

    readonly ModeSwitch _mode = new();
    DateTimeOffset? _lastFrame;
    TimeSpan _stepped;
    string? _problem;
    long _lastRound;

    /// <summary>When its loop last went round: a timestamp of the clock; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        device.Stop();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var tick = second.WaitForNextTickAsync(stoppingToken).AsTask();
        var arrival = camera.Selected.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
            await Task.WhenAny(tick, arrival);
            stoppingToken.ThrowIfCancellationRequested();
            try
            {
                if (arrival.IsCompleted)
                {
                    while (camera.Selected.TryRead(out var frame))
                    {
                        using (frame) await RunCycleAsync(frame, stoppingToken);
                    }
                }
                if (tick.IsCompleted) Tick();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) // only this frame is lost
            {
                PlayerMeters.FramesDropped.Add(1);
                Complain(e.Message);
            }
            if (arrival.IsCompleted) arrival = camera.Selected.WaitToReadAsync(stoppingToken).AsTask();
            if (tick.IsCompleted) tick = second.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    internal async Task RunCycleAsync(JpegFrame frame, CancellationToken cancellation)
    {
        FollowSteps();
        if (programmes.Current is not { Measurement: true } programme) return;
        if (_mode.Current is null) ChangeOver(programme.Mode);
        _lastFrame = time.GetUtcNow();
        var taken = _mode.Current == InferenceMode.Device ? Observe(frame) : await UploadAsync(frame, cancellation);
        if (!taken)
        {
            PlayerMeters.FramesDropped.Add(1);
            return;
        }
        measurement.Watched(frame.CapturedAt);
        PlayerMeters.FramesSent.Add(1);
        if (_problem is not null) log.LogInformation("Frames are accepted again.");
        _problem = null;
    }

    /// <summary>Work between frames: ends an audience after silence, and applies a change of mode.</summary>
    internal void Tick()
    {
        FollowSteps();
        if (programmes.Current is not { } programme) return;
        ChangeOver(programme.Mode);
        if (_mode.Current != InferenceMode.Device) return;
        if (programme.Measurement)
        {
            device.Prepare();
            device.CheckSilence();
        }
        else
        {
            device.Stop();
        }
        status.Analysis = new(InferenceMode.Device, device.Problem);
        status.AudienceOpen = device.AudienceOpen;
        status.CameraHints = device.Hints;
    }

    // An audience must not span a clock step.
    void FollowSteps()
    {
        var stepped = time.Read().Stepped;
        if (stepped == _stepped) return;
        device.Stop();
        _mode.Shift(stepped - _stepped);
        _lastFrame += stepped - _stepped;
        _stepped = stepped;
    }

    void ChangeOver(InferenceMode wanted)
    {
        if (wanted == InferenceMode.Device && _mode.Current == InferenceMode.Server)
        {
            // Stay with the server until the models are loaded, so that riders are not missed.
            device.Prepare();
            if (!device.IsReady && device.Problem is null) return;
        }
        // The change to device inference was withdrawn before it took effect.
        if ((wanted, _mode.Current) == (InferenceMode.Server, InferenceMode.Server)) device.Stop();
        if (!_mode.Offer(wanted, status.AudienceOpen, _lastFrame, time.GetUtcNow())) return;
        log.LogInformation("Frames are analysed by the {Mode} from now on.", wanted);
        if (wanted == InferenceMode.Device) device.Prepare();
        else device.Stop();
        status.Analysis = new(wanted, device.Problem);
        (status.AudienceOpen, status.CameraHints) = (false, default);
    }

    bool Observe(JpegFrame frame)
    {
        try
        {
            if (device.Observe(frame))
            {
                status.AudienceOpen = device.AudienceOpen;
                return true;
            }
            Complain(device.Problem ?? "The models are loading.");
        }
        catch (InvalidFrameException e)
        {
            Complain(e.Message);
        }
        return false;
    }

    async Task<bool> UploadAsync(JpegFrame frame, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(UploadLimit);
        using var client = clients.CreateClient(ServerClient.Name);
        using var content = new ReadOnlyMemoryContent(frame.Memory);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        content.Headers.Add(Routes.CapturedAtHeader, frame.CapturedAt.ToString("O", CultureInfo.InvariantCulture));
        if (frame.CabinEmptied) content.Headers.Add(Routes.CabinEmptiedHeader, "true");
        using var response = await client.PostAsync(Routes.Frames, content, limit.Token);
        if (response.IsSuccessStatusCode) return true;
        Complain(response.StatusCode == HttpStatusCode.Locked ? "Another player serves this screen."
            : $"The server answered a frame with {(int)response.StatusCode}.");
        return false;
    }

    // Logs once per kind of problem, not once per frame.
    void Complain(string problem)
    {
        if (problem == _problem) return;
        _problem = problem;
        log.LogWarning("Frames are not accepted: {Reason}", problem);
    }
}
