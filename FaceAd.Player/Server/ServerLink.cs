using System.Net;
using System.Reflection;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;
using FaceAd.Player.Playback;
using FaceAd.Player.Sensors;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Player.Server;

/// <summary>
/// Maintains the connection to the hub: connects, sends heartbeats, and reconnects forever. The SignalR client reconnects a lost
/// connection itself; the loop here covers the rest: the first connection, and one that the server closed for good, for example
/// because the token was revoked.
/// </summary>
sealed class ServerLink(
    PlayerSettings settings, ScreenClient screen, PlaybackWorker playback, PlayOutbox outbox, ProgrammeStore programmes,
    PlayerStatus status, CabinOccupancy cabin, CpuHeat cpu, ServerClock clock, ILogger<ServerLink> log) : BackgroundService, IRetryPolicy
{
    static readonly TimeSpan BeatLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);
    static readonly TimeSpan RefusedWait = TimeSpan.FromSeconds(20);
    static readonly string Version =
        typeof(ServerLink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), clock);
    volatile ScreenHubProxy? _hub;
    TimeSpan _toldAhead;

    /// <summary>Called by the SignalR client before each reconnect attempt. Never gives up.</summary>
    TimeSpan? IRetryPolicy.NextRetryDelay(RetryContext retryContext)
    {
        Lost();
        return Wait(retryContext.RetryReason);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        playback.Ending += ending => _ = TellAsync(hub => hub.PlayEnding(ending));
        playback.Acknowledged += sequence => _ = TellAsync(hub => hub.Acknowledge(sequence));
        while (true)
        {
            Exception? reason = null;
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested) // reconnect forever, whatever the failure
            {
                reason = e;
            }
            await Task.Delay(Wait(reason), clock, stoppingToken);
        }
    }

    /// <summary>Runs one connection, from its start until it is closed for good.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        await using var connection = Build();
        var beats = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        connection.Closed += _ =>
        {
            beats.Writer.TryComplete();
            return Task.CompletedTask;
        };
        connection.Reconnected += _ =>
        {
            Connected();
            beats.Writer.TryWrite(true);
            return Task.CompletedTask;
        };
        screen.Bind(connection);
        await connection.StartAsync(cancellation);
        Connected();
        var hub = new ScreenHubProxy(connection, cancellation);
        _hub = hub;
        try
        {
            await using var timer = clock.CreateTimer(_ => beats.Writer.TryWrite(true), null, TimeSpan.Zero, Heartbeat.Interval);
            await foreach (var _ in beats.Reader.ReadAllAsync(cancellation))
            {
                if (connection.State != HubConnectionState.Connected) continue;
                do await BeatAsync(hub, cancellation);
                while (!clock.IsKnown);
            }
        }
        finally
        {
            _hub = null;
            Lost();
        }
    }

    /// <summary>Returns the delay before the next try, and logs it with the reason.</summary>
    /// <param name="reason">Why the last try failed; null when the server closed the connection without a reason.</param>
    internal TimeSpan Wait(Exception? reason)
    {
        if (reason is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } refused)
        {
            log.LogError("The server does not accept this screen's token ({Status}): pair the screen again. Next try in {Wait:0} s.",
                (int)refused.StatusCode, RefusedWait.TotalSeconds);
            return RefusedWait;
        }
        var wait = _backoff.Next();
        if (reason is null) log.LogWarning("The connection to the server has ended. Next try in {Wait:0.0} s.", wait.TotalSeconds);
        else log.LogWarning("The server cannot be reached: {Reason} Next try in {Wait:0.0} s.", reason.Message, wait.TotalSeconds);
        return wait;
    }

    void Connected()
    {
        log.LogInformation("Connected to {Server}.", settings.Server);
        _backoff.Reset();
    }

    // While the server is unreachable an audience may be open. Assume so, to keep sampling riders who stand still.
    void Lost()
    {
        if (status.Analysis.Mode == InferenceMode.Server && programmes.Current is { Measurement: true }) status.AudienceIsUnknown();
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
            Sensors = cabin.Report(clock.GetElapsedTime(0)),
            CpuCelsius = cpu.Celsius is { } celsius ? Math.Clamp(celsius, Heartbeat.LeastCelsius, Heartbeat.MostCelsius) : null,
        }).WaitAsync(BeatLimit, clock, cancellation);
        clock.Learn(asked, clock.GetTimestamp(), reply.ServerTime);
        if (clock.OwnAhead is not { } ahead) return;
        if ((ahead - _toldAhead).Duration() <= TimeSpan.FromSeconds(1)) return;
        _toldAhead = ahead;
        log.LogWarning(
            "This machine's clock is {Seconds:0.0} s ahead of the server's; reports carry the server's time.", ahead.TotalSeconds);
    }

    static double? Bounded(double? value, double most) => value is { } v ? Math.Clamp(v, -most, most) : null;

    HubConnection Build() => new HubConnectionBuilder()
        .WithUrl(new Uri(settings.Server, Routes.Hub), HttpTransportType.WebSockets, connection =>
        {
            connection.Headers["Authorization"] = "Bearer " + settings.Token;
            connection.CloseTimeout = CloseLimit;
        })
        .WithAutomaticReconnect(this)
        .Build();

    async Task TellAsync(Func<IScreenHub, Task> tell)
    {
        try
        {
            if (_hub is { } hub) await tell(hub);
        }
        catch (Exception e) // of momentary value only; the heartbeat detects a lost connection
        {
            log.LogDebug("The server could not be notified: {Reason}", e.Message);
        }
    }
}
