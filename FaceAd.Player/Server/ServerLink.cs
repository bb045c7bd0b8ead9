using System.Net;
using System.Reflection;
using FaceAd.Contracts;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;
using FaceAd.Player.Playback;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Player.Server;

/// <summary>
/// Holds the connection to the hub: connects, beats, and connects again for ever. One loop does both the first connect
/// and every later one, because the client's own reconnect does not cover the first.
/// </summary>
internal sealed class ServerLink(
    PlayerSettings settings, ScreenClient screen, PlaybackWorker playback, PlayOutbox outbox, ProgrammeStore programmes, PlayerStatus status,
    ServerClock clock, ILogger<ServerLink> log, ILoggerFactory logs) : BackgroundService
{
    static readonly TimeSpan BeatLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan RefusedWait = TimeSpan.FromSeconds(20);
    static readonly string Version = typeof(ServerLink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    volatile ScreenHubProxy? _hub;
    TimeSpan _toldAhead;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        playback.Ending += ending => _ = TellAsync(hub => hub.PlayEnding(ending));
        playback.Acknowledged += sequence => _ = TellAsync(hub => hub.Acknowledge(sequence));
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), clock);
        while (true)
        {
            TimeSpan wait;
            try
            {
                await RunCycleAsync(backoff, stoppingToken);
                wait = backoff.Next();
                log.LogWarning("The connection to the server has ended. Next try in {Wait:0.0} s.", wait.TotalSeconds);
            }
            catch (ServerRefusedException e) when (e.TokenIsRefused)
            {
                wait = RefusedWait;
                log.LogError("The server does not accept this screen's token ({Status}): pair the screen again. Next try in {Wait:0} s.",
                    (int)e.Status, wait.TotalSeconds);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) // it connects for ever, whatever happened
            {
                wait = backoff.Next();
                log.LogWarning("The server cannot be reached: {Reason} Next try in {Wait:0.0} s.", e.Message, wait.TotalSeconds);
            }
            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    /// <summary>One connection, from its start to its end.</summary>
    internal async Task RunCycleAsync(Backoff backoff, CancellationToken cancellation)
    {
        await using var connection = Build();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        screen.Bind(connection);
        await connection.StartAsync(cancellation);
        log.LogInformation("Connected to {Server}.", settings.Server);
        backoff.Reset();
        var hub = new ScreenHubProxy(connection, cancellation);
        _hub = hub;
        try
        {
            using var timer = new PeriodicTimer(Heartbeat.Interval, clock);
            do
            {
                do await BeatAsync(hub, cancellation);
                while (!clock.IsKnown);
            }
            while (await Task.WhenAny(closed.Task, timer.WaitForNextTickAsync(cancellation).AsTask()) != closed.Task && !cancellation.IsCancellationRequested);
        }
        finally
        {
            _hub = null;
            // Who cannot be told whether an audience is open goes on as if one were: riders who stand still must not be missed.
            if (status.Analysis.Mode == InferenceMode.Server && programmes.Current is { Measurement: true }) status.AudienceOpen = true;
        }
        cancellation.ThrowIfCancellationRequested();
    }

    async Task BeatAsync(ScreenHubProxy hub, CancellationToken cancellation)
    {
        var asked = clock.GetTimestamp();
        var reply = await hub.Beat(new Heartbeat
        {
            SentAt = clock.GetUtcNow(),
            ClockAheadMilliseconds = Bounded(clock.OwnAhead?.TotalMilliseconds, Heartbeat.MostAheadMilliseconds),
            ClockDriftPartsPerMillion = Bounded(clock.DriftPartsPerMillion, Heartbeat.MostDrift),
            PlayerVersion = Version,
            Showing = status.Page.Showing,
            Camera = status.Camera.State,
            Problem = status.Problem is { Length: > Heartbeat.MaxProblem } problem ? problem[..Heartbeat.MaxProblem] : status.Problem,
            OutboxPending = outbox.Pending,
            CreativesReady = status.Cache.Ready,
            PageRendering = status.Page.Rendering,
            Analysing = status.Analysis.Mode,
            HasModels = settings.ModelFolder is not null,
        }).WaitAsync(BeatLimit, clock, cancellation);
        clock.Learn(asked, clock.GetTimestamp(), reply.ServerTime);
        if (clock.OwnAhead is not { } ahead) return;
        if ((ahead - _toldAhead).Duration() <= TimeSpan.FromSeconds(1)) return;
        _toldAhead = ahead;
        log.LogWarning("This machine's clock is {Seconds:0.0} s ahead of the server's; reports carry the server's time.", ahead.TotalSeconds);
    }

    static double? Bounded(double? value, double most) => value is { } v ? Math.Clamp(v, -most, most) : null;

    HubConnection Build()
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(settings.Token));
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(HubAddress(settings.Server)));
        builder.Services.AddSingleton(logs);
        return builder.Build();
    }

    static Uri HubAddress(Uri server) => new UriBuilder(new Uri(server, Routes.Hub))
    {
        Scheme = server.Scheme == Uri.UriSchemeHttps ? "wss" : "ws",
    }.Uri;

    async Task TellAsync(Func<IScreenHub, Task> tell)
    {
        try
        {
            if (_hub is { } hub) await tell(hub);
        }
        catch (Exception e) // news for the moment; the heartbeat finds out about a lost connection
        {
            log.LogDebug("The server could not be told: {Reason}", e.Message);
        }
    }
}
