using System.Globalization;
using System.Net.Http.Headers;
using FaceAd.Contracts;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Player.Camera;

namespace FaceAd.Player.Server;

/// <summary>
/// Takes the frames worth analysing, one at a time, newest first: sends them to the server, or analyses them here and
/// sends the audience report only. A frame that the server did not take leaves a gap in the measurement.
/// </summary>
internal sealed class FrameSender(
    PlayerSettings settings, CameraWorker camera, MeasurementLog measurement, ProgrammeStore programmes, PlayerStatus status,
    IHttpClientFactory clients, TimeProvider time, ILogger<FrameSender> log) : BackgroundService
{
    static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(5);

    // Reports are committed in their sequence; what could not be delivered waits for the next one, embeddings aside.
    const int MaxWaitingReports = 600;

    Queue<AudienceReport> _reports = new();
    FaceChain? _chain;
    AudienceObserver? _observer;
    string? _problem;

    public override void Dispose()
    {
        _chain?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var tick = second.WaitForNextTickAsync(stoppingToken).AsTask();
        var arrival = camera.Selected.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
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
                if (tick.IsCompleted) await CheckSilenceAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) // this frame is lost, the next may not be
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
        if (programmes.Current is not { Measurement: true } programme) return;
        var taken = programme.Mode == InferenceMode.Device
            ? await ObserveAsync(frame, cancellation)
            : await UploadAsync(frame, cancellation);
        if (!taken)
        {
            PlayerMeters.FramesDropped.Add(1);
            return;
        }
        measurement.Watched(frame.CapturedAt);
        PlayerMeters.FramesSent.Add(1);
        if (_problem is not null) log.LogInformation("Frames are taken again.");
        _problem = null;
    }

    async Task<bool> UploadAsync(JpegFrame frame, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(UploadLimit);
        using var client = clients.CreateClient(ServerClient.Name);
        using var content = new ReadOnlyMemoryContent(frame.Memory);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        content.Headers.Add(Routes.CapturedAtHeader, frame.CapturedAt.ToString("O", CultureInfo.InvariantCulture));
        using var response = await client.PostAsync(Routes.Frames, content, limit.Token);
        if (response.IsSuccessStatusCode) return true;
        Complain($"The server answered a frame with {(int)response.StatusCode}.");
        return false;
    }

    async Task<bool> ObserveAsync(JpegFrame frame, CancellationToken cancellation)
    {
        if (_observer is null)
        {
            if (settings.ModelFolder is null) throw new InvalidOperationException("Frames shall be analysed here, and --models is not given.");
            _chain = new FaceChain(new FaceChainOptions { ModelFolder = settings.ModelFolder });
            _observer = new AudienceObserver(_chain);
        }
        try
        {
            Keep(_observer.Observe(frame.Memory.Span, frame.CapturedAt));
        }
        catch (InvalidFrameException e)
        {
            Complain(e.Message);
            return false;
        }
        status.AudienceOpen = _observer.AudienceOpen;
        return await DeliverAsync(cancellation);
    }

    async Task CheckSilenceAsync(CancellationToken cancellation)
    {
        if (_observer is not { } observer) return;
        if (programmes.Current is { Mode: InferenceMode.Device, Measurement: true })
        {
            Keep(observer.CheckSilence(time.GetUtcNow()));
            status.AudienceOpen = observer.AudienceOpen;
        }
        else
        {
            Keep(observer.Stop(time.GetUtcNow()));
            _observer = null;
        }
        await DeliverAsync(cancellation);
    }

    void Keep(AudienceReport? report)
    {
        if (report is null) return;
        _reports.Enqueue(settings.ServerIsPrivate ? report : WithoutViews(report));
        while (_reports.Count > MaxWaitingReports) _reports.Dequeue();
    }

    static AudienceReport WithoutViews(AudienceReport report) => report with { Presences = [.. report.Presences.Select(p => p with { Views = [] })] };

    async Task<bool> DeliverAsync(CancellationToken cancellation)
    {
        var delivered = false;
        try
        {
            return delivered = await DeliverAllAsync(cancellation);
        }
        finally
        {
            // What waits for the server waits without embeddings: an offline stay has no person.
            if (!delivered) _reports = new Queue<AudienceReport>(_reports.Select(WithoutViews));
        }
    }

    async Task<bool> DeliverAllAsync(CancellationToken cancellation)
    {
        using var client = clients.CreateClient(ServerClient.Name);
        while (_reports.TryPeek(out var report))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(UploadLimit);
            using var response = await client.PostAsJsonAsync(Routes.Audiences, report, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                Complain($"The server answered an audience report with {(int)response.StatusCode}.");
                // What it can never take must not hold up the rest.
                if ((int)response.StatusCode is 400 or 413 or 422) _reports.Dequeue();
                return false;
            }
            _reports.Dequeue();
        }
        return true;
    }

    // Once per kind of trouble, not once per frame.
    void Complain(string problem)
    {
        if (problem == _problem) return;
        _problem = problem;
        log.LogWarning("Frames are not taken: {Reason}", problem);
    }
}
