using System.Threading.Channels;
using FaceAd.Contracts;
using FaceAd.Inference.Imaging;

namespace FaceAd.Player.Camera;

/// <summary>
/// Keeps the camera open while measurement is on, and puts the frames worth analysing into a channel of one place,
/// in which a newer frame replaces an older one.
/// </summary>
internal sealed class CameraWorker(
    PlayerSettings settings, ChildProcesses children, ProgrammeStore programmes, PlayerStatus status, MeasurementLog measurement,
    TimeProvider time, ILogger<CameraWorker> log) : BackgroundService
{
    readonly Channel<JpegFrame> _selected = Channel.CreateBounded(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
        (JpegFrame dropped) =>
        {
            PlayerMeters.FramesDropped.Add(1);
            dropped.Dispose();
        });

    readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The frames worth analysing, newest only. Whoever reads one disposes it.</summary>
    public ChannelReader<JpegFrame> Selected => _selected.Reader;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var source = CameraSource.Create(settings, children, time, log);
        if (source is null) return;
        status.Camera = new(CameraState.Off, null);
        programmes.Subscribe(programme => _wanted.Writer.TryWrite(programme.Measurement));
        var running = Task.CompletedTask;
        var stop = new CancellationTokenSource();
        var open = false;
        try
        {
            await foreach (var wanted in _wanted.Reader.ReadAllAsync(stoppingToken))
            {
                if (wanted == open) continue;
                open = wanted;
                if (wanted)
                {
                    stop.Dispose();
                    stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                    running = WatchAsync(source, stop.Token);
                }
                else
                {
                    await stop.CancelAsync();
                    await running;
                    status.Camera = new(CameraState.Off, null);
                    log.LogInformation("The camera is closed: measurement is off.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The player stops.
        }
        await running;
        stop.Dispose();
    }

    async Task WatchAsync(CameraSource source, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), time);
        await Task.Yield();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await RunCycleAsync(source, backoff, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // a camera may fail in any way; the screen goes on
            {
                var wait = backoff.Next();
                var reason = e is CameraException ? e.Message : $"The camera failed: {e.Message}";
                status.Camera = new(CameraState.Failed, reason);
                log.LogWarning("{Reason} Next try in {Wait:0.0} s.", reason, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal async Task RunCycleAsync(CameraSource source, Backoff backoff, CancellationToken cancellation)
    {
        using var examiner = new FrameExaminer();
        JpegFrame? held = null;
        try
        {
            await foreach (var frame in source.ReadAsync(cancellation))
            {
                PlayerMeters.FramesSeen.Add(1);
                if (status.Camera.State != CameraState.Running)
                {
                    log.LogInformation("The camera delivers frames.");
                    status.Camera = new(CameraState.Running, null);
                    backoff.Reset();
                }
                var choice = Examine(examiner, frame);
                if (choice == Selection.Idle) measurement.Watched(frame.CapturedAt);
                switch (choice)
                {
                    case Selection.Hold:
                        held?.Dispose();
                        held = frame;
                        continue;
                    case Selection.Send:
                        Send(frame);
                        held?.Dispose();
                        held = null;
                        continue;
                    case Selection.SendHeld when held is not null:
                        Send(held);
                        held = null;
                        break;
                    case Selection.Idle:
                        held?.Dispose();
                        held = null;
                        break;
                }
                frame.Dispose();
            }
        }
        finally
        {
            held?.Dispose();
        }
    }

    Selection Examine(FrameExaminer examiner, JpegFrame frame)
    {
        try
        {
            return examiner.Examine(frame, status.AudienceOpen);
        }
        catch (InvalidFrameException e)
        {
            log.LogDebug("A frame cannot be decoded: {Reason}", e.Message);
            return Selection.Skip;
        }
    }

    void Send(JpegFrame frame)
    {
        PlayerMeters.FramesSelected.Add(1);
        _selected.Writer.TryWrite(frame);
    }
}
