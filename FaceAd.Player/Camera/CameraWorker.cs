using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Inference.Imaging;
using FaceAd.Player.Clock;
using FaceAd.Player.Sensors;

namespace FaceAd.Player.Camera;

/// <summary>
/// Keeps the camera open while measurement is on and the server's time is known (without it, viewers could not be matched to plays).
/// Writes the frames worth analysing to a channel of capacity one, in which a newer frame replaces an older one.
/// </summary>
sealed class CameraWorker(
    PlayerSettings settings, ChildProcesses children, ProgrammeStore programmes, PlayerStatus status, MeasurementLog measurement,
    CabinOccupancy cabin, ServerClock clock, ILogger<CameraWorker> log) : BackgroundService
{
    readonly Channel<JpegFrame> _selected = Channel.CreateBounded(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true },
        (JpegFrame dropped) =>
        {
            PlayerMeters.FramesDropped.Add(1);
            dropped.Dispose();
        });

    string? _problem;
    readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The latest frame worth analysing. The reader disposes it.</summary>
    public ChannelReader<JpegFrame> Selected => _selected.Reader;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var source = CameraSource.Create(settings, children, clock, log);
        if (source is null) return;
        status.Camera = new(CameraState.Off, null);
        programmes.Subscribe(_ => _news.Writer.TryWrite(true));
        clock.Stepped += _ => _news.Writer.TryWrite(true);
        var running = Task.CompletedTask;
        var stop = new CancellationTokenSource();
        var open = false;
        var stepped = TimeSpan.Zero;
        try
        {
            await foreach (var _ in _news.Reader.ReadAllAsync(stoppingToken))
            {
                var wanted = programmes.Current is { Measurement: true } && clock.IsKnown;
                var steps = clock.Read().Stepped;
                if (wanted == open && steps == stepped) continue;
                if (open)
                {
                    await stop.CancelAsync();
                    await running;
                    status.Camera = new(CameraState.Off, null);
                    log.LogInformation("The camera is closed: {Reason}.", wanted ? "the clock was set" : "measurement is off");
                }
                if (steps != stepped) measurement.Clear();
                (open, stepped) = (wanted, steps);
                if (!wanted) continue;
                stop.Dispose();
                stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                running = WatchAsync(source, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The player is stopping.
        }
        await running;
        stop.Dispose();
    }

    async Task WatchAsync(CameraSource source, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15), clock);
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
            catch (Exception e) // a camera may fail in any way; the screen keeps playing
            {
                var wait = backoff.Next();
                var reason = e is CameraException ? e.Message : $"The camera failed: {e.Message}";
                status.Camera = new(CameraState.Failed, reason);
                // Once per kind of problem, not once per try.
                var level = reason == _problem ? LogLevel.Debug : LogLevel.Warning;
                log.Log(level, "{Reason} Next try in {Wait:0.0} s.", reason, wait.TotalSeconds);
                _problem = reason;
                await Task.Delay(wait, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                    _problem = null;
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
            var seen = cabin.Look(clock.GetElapsedTime(0), status.AudienceSeen);
            frame.CabinEmptied = seen.Emptied;
            return examiner.Examine(frame, status.AudienceOpen, seen);
        }
        catch (InvalidFrameException e)
        {
            log.LogDebug("A frame could not be decoded: {Reason}", e.Message);
            return Selection.Skip;
        }
    }

    void Send(JpegFrame frame)
    {
        PlayerMeters.FramesSelected.Add(1);
        _selected.Writer.TryWrite(frame);
    }
}
