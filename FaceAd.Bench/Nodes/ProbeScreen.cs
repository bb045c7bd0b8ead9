using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using FaceAd.Bench.Crash;
using FaceAd.Bench.Screens;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Server;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Bench.Nodes;

/// <summary>
/// A screen that notices which node commands it: a hub connection with the player's heartbeats and limits, which comes back when it is
/// lost, and riders who come one after the other. A command's number begins with the generation of the site's lease, so it tells the owners
/// apart.
/// </summary>
/// <param name="screen">The screen.</param>
/// <param name="fleet">The nodes.</param>
/// <param name="ledger">Receives its reports.</param>
/// <param name="ads">The segments of riders, each with a campaign of its own.</param>
sealed class ProbeScreen(BenchScreen screen, NodeFleet fleet, CrashLedger ledger, IReadOnlyList<Segment> ads) : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5); // AudienceSender
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15); // ServerLink
    private static readonly TimeSpan NextRider = TimeSpan.FromSeconds(1);
    private readonly HttpClient _http = new() { Timeout = AnswerLimit };
    private volatile Awaited? _awaited;
    private Backoff _connecting = NewBackoff();
    private Negotiation? _negotiation;
    private TimeSpan? _askedToWait;
    private long _newest;
    private int _riders, _late;

    /// <summary>Commands of an owner that came after its successor's.</summary>
    public int Late => Volatile.Read(ref _late);

    /// <summary>Keeps connected until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                Task closing;
                var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var hub = Build();
                hub.Closed += _ =>
                {
                    closed.TrySetResult();
                    return Task.CompletedTask;
                };
                try
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                    limit.CancelAfter(ServerLink.StartLimit);
                    await hub.StartAsync(limit.Token);
                    await BeatUntilClosedAsync(hub, closed.Task, stop);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    // The node is away, hangs, or does not own the site; the balancer knows better a little later.
                }
                finally
                {
                    closing = hub.DisposeAsync().AsTask();
                }
                await Task.WhenAll(closing, _connecting.WaitAsync(_negotiation?.AskedToWait, stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Lets riders come until an owner of a later generation commands the screen.</summary>
    /// <param name="generation">The generation that is over.</param>
    /// <param name="patience">How long to try.</param>
    /// <param name="cancellation">Cancels the attempts.</param>
    /// <returns>When the command came, as a timestamp; null when none came in time.</returns>
    public async Task<long?> UntilTargetedAsync(long generation, TimeSpan patience, CancellationToken cancellation)
    {
        _connecting = NewBackoff(); // as after a connection that lasted
        var awaited = _awaited = new Awaited(generation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        var backoff = NewBackoff();
        try
        {
            while (true)
            {
                var rider = new Rider(ads[_riders++ % ads.Count], null, TimeProvider.System.GetUtcNow());
                // The same each time: a try without an answer may have been written.
                var came = rider.Report(1, TimeProvider.System.GetUtcNow(), isOver: false);
                while (!await ReportAsync(came, limit.Token))
                    await backoff.WaitAsync(_askedToWait, limit.Token);
                backoff.Reset();
                await Task.WhenAny(awaited.Came.Task, Task.Delay(NextRider, limit.Token));
                limit.Token.ThrowIfCancellationRequested();
                await ReportAsync(rider.Report(2, TimeProvider.System.GetUtcNow(), isOver: true), limit.Token);
                if (awaited.Came.Task.IsCompleted) return await awaited.Came.Task;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return awaited.Came.Task.IsCompleted ? await awaited.Came.Task : null;
        }
        finally
        {
            _awaited = null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static Backoff NewBackoff() => new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), TimeProvider.System);

    private HubConnection Build()
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(fleet.Next(), Routes.Hub), HttpTransportType.WebSockets, way =>
            {
                way.Headers["Authorization"] = "Bearer " + screen.Token;
                way.CloseTimeout = TimeSpan.FromSeconds(0.5);
                way.HttpMessageHandlerFactory = handler =>
                    _negotiation = new Negotiation(TimeProvider.System) { InnerHandler = handler };
            })
            .WithServerTimeout(Silence).WithKeepAliveInterval(Heartbeat.Interval).Build();
        hub.On<PlayCommand>(nameof(IScreenClient.Play), Take);
        hub.On<ScreenProgramme>(nameof(IScreenClient.Programme), _ => { });
        hub.On<bool>(nameof(IScreenClient.AudienceOpen), _ => { });
        return hub;
    }

    private static async Task BeatUntilClosedAsync(HubConnection hub, Task closed, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Heartbeat.Interval);
        do
        {
            await hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), new Heartbeat
            {
                SentAt = TimeProvider.System.GetUtcNow(),
                PlayerVersion = "bench",
                Camera = CameraState.Running,
                OutboxPending = 0,
                CreativesReady = 0,
                PageRendering = true,
            }, stop).WaitAsync(ServerLink.AnswerLimit, stop);
            await Task.WhenAny(closed, timer.WaitForNextTickAsync(stop).AsTask());
        }
        while (!closed.IsCompleted);
    }

    private void Take(PlayCommand command)
    {
        var (at, generation) = (Stopwatch.GetTimestamp(), command.Sequence >> 32);
        var newest = Interlocked.Read(ref _newest);
        if (generation < newest) Interlocked.Increment(ref _late);
        else Interlocked.CompareExchange(ref _newest, generation, newest);
        if (_awaited is { } awaited && generation > awaited.Generation) awaited.Came.TrySetResult(at);
    }

    private async Task<bool> ReportAsync(AudienceReport report, CancellationToken cancellation)
    {
        var key = (report.AudienceId, report.Sequence);
        ledger.Reports[key] = (screen.Id, report);
        _askedToWait = null;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fleet.Next(), Routes.Audiences))
            {
                Content = JsonContent.Create(report),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", screen.Token);
            using var answer = await _http.SendAsync(request, cancellation);
            _askedToWait = ServerClient.AskedToWait(answer, TimeProvider.System);
            if (answer.StatusCode != HttpStatusCode.OK) return false;
            ledger.AcknowledgedReports[key] = true;
            return true;
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // it may or may not have been committed
        }
    }

    private sealed record Awaited(long Generation)
    {
        public TaskCompletionSource<long> Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
