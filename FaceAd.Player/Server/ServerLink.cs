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
/// Maintains the connection to the hub: connects, sends heartbeats, and reconnects forever. One loop covers the first connection, a lost
/// one, and one that the server closed for good. The SignalR client's own reconnect is not used: it waits without a limit for a server
/// that accepts its WebSocket and does not answer.
/// </summary>
sealed class ServerLink(
    PlayerSettings settings, ScreenClient screen, PlaybackWorker playback, OfflineAds offline, PlayOutbox outbox, ProgrammeStore programmes,
    PlayerStatus status, CabinOccupancy cabin, CpuHeat cpu, ServerClock clock, ILogger<ServerLink> log) : BackgroundService
{
    /// <summary>Limit of a connection's start: name, TCP, TLS, negotiation, WebSocket and the hub's handshake together.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two tries, unless the server refuses the token.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Limit of an answer over the hub. With a heartbeat every 5 s, a node that hangs is given up in time for the next owner of the site,
    /// who may come 10 s after its last sign of life.
    /// </summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(8);

    static readonly TimeSpan Silence = TimeSpan.FromSeconds(15); // the server pings every 5 s
    static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(0.5); // a server that hangs does not answer that either
    static readonly TimeSpan RefusedWait = TimeSpan.FromSeconds(20);

    // Only a connection that lasted clears the backoff: a server that accepts and drops is not to be asked twice a second for ever.
    static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);
    static readonly string Version =
        typeof(ServerLink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.5), LongestWait, clock);
    volatile ScreenHubProxy? _hub;
    Negotiation? _negotiation;
    Task _closing = Task.CompletedTask;
    TimeSpan _toldAhead;
    string? _toldProblem;
    bool _toldOther;

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
            await Task.WhenAll(_closing, Task.Delay(Wait(reason), clock, stoppingToken));
        }
    }

    /// <summary>Runs one connection, from its start until it is closed.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var connection = Build();
        long? connectedAt = null;
        try
        {
            screen.Bind(connection);
            playback.Connecting();
            await OpenAsync(connection, cancellation);
            connectedAt = clock.GetTimestamp();
            log.LogInformation("Connected to {Server}.", settings.Server);
            _toldProblem = null;
            await BeatUntilClosedAsync(connection, cancellation);
        }
        finally
        {
            _hub = null;
            if (connectedAt is { } at && clock.GetElapsedTime(at) >= Lasting) _backoff.Reset();
            Lost();
            _closing = CloseAsync(connection); // during the pause before the next try
            if (cancellation.IsCancellationRequested) await _closing;
        }
    }

    /// <summary>Returns the delay before the next try, and logs it with the reason: once per kind of problem, not once per try.</summary>
    /// <param name="reason">Why the last try failed; null when the server closed the connection without a reason.</param>
    internal TimeSpan Wait(Exception? reason)
    {
        var problem = reason?.Message ?? "";
        var isNew = problem != _toldProblem;
        _toldProblem = problem;
        if (reason is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } refused)
        {
            var pause = _backoff.Next(RefusedWait);
            log.Log(isNew ? LogLevel.Error : LogLevel.Debug,
                "The server does not accept this screen's token ({Status}): pair the screen again. Next try in {Wait:0} s.",
                (int)refused.StatusCode, pause.TotalSeconds);
            return pause;
        }
        if (reason is HttpRequestException { StatusCode: HttpStatusCode.Locked })
        {
            var pause = _backoff.Next(RefusedWait);
            log.Log(isNew ? LogLevel.Error : LogLevel.Debug,
                "Another player serves this screen with the same token: give this one a token of its own. Next try in {Wait:0} s.",
                pause.TotalSeconds);
            return pause;
        }
        var wait = _backoff.Next(_negotiation?.AskedToWait);
        var level = isNew ? LogLevel.Warning : LogLevel.Debug;
        if (reason is null) log.Log(level, "The connection to the server has ended. Next try in {Wait:0.0} s.", wait.TotalSeconds);
        else log.Log(level, "The server cannot be reached: {Reason} Next try in {Wait:0.0} s.", reason.Message, wait.TotalSeconds);
        return wait;
    }

    static async Task OpenAsync(HubConnection connection, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        try
        {
            await connection.StartAsync(limit.Token);
        }
        catch (Exception e) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not answer within {StartLimit.TotalSeconds:0} s.", e);
        }
    }

    async Task CloseAsync(HubConnection connection)
    {
        try
        {
            // Twice the client's own limit, which covers the WebSocket only: whatever hangs must not keep the player from the next try.
            await connection.DisposeAsync().AsTask().WaitAsync(2 * CloseLimit, clock);
        }
        catch (Exception e)
        {
            log.LogWarning("The old connection to the server does not close and is left behind: {Reason}", e.Message);
        }
    }

    async Task BeatUntilClosedAsync(HubConnection connection, CancellationToken cancellation)
    {
        var beats = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        connection.Closed += reason =>
        {
            beats.Writer.TryComplete(reason);
            return Task.CompletedTask;
        };
        var hub = new ScreenHubProxy(connection, cancellation);
        _hub = hub;
        await using var timer = clock.CreateTimer(_ => beats.Writer.TryWrite(true), null, TimeSpan.Zero, Heartbeat.Interval);
        // It may have closed before its end was listened for.
        while (connection.State == HubConnectionState.Connected && await beats.Reader.WaitToReadAsync(cancellation))
        {
            beats.Reader.TryRead(out _);
            do await BeatAsync(hub, cancellation);
            while (!clock.IsKnown);
        }
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
            Hints = status.CameraHints,
            Problem = status.Problem is { Length: > Heartbeat.MaxProblem } problem ? problem[..Heartbeat.MaxProblem] : status.Problem,
            OutboxPending = outbox.Pending,
            CreativesReady = status.Cache.Ready,
            LeftOut = status.LeftOut is { Count: > Heartbeat.MaxLeftOut } many ? [.. many.Take(Heartbeat.MaxLeftOut)] : status.LeftOut,
            PageRendering = status.Page.Rendering,
            Analysing = status.Analysis.Mode,
            HasModels = settings.ModelFolder is not null,
            Sensors = cabin.Report(clock.GetElapsedTime(0)),
            CpuCelsius = cpu.Celsius is { } celsius ? Math.Clamp(celsius, Heartbeat.LeastCelsius, Heartbeat.MostCelsius) : null,
        }).WaitAsync(AnswerLimit, clock, cancellation);
        offline.Heard();
        clock.Learn(asked, clock.GetTimestamp(), reply.ServerTime);
        if (reply.OtherRefused && !_toldOther)
            log.LogWarning("Another player was refused, which has the same token as this one: give that one a token of its own.");
        _toldOther = reply.OtherRefused;
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
            connection.Headers[Routes.PlayerHeader] = settings.Instance.ToString();
            connection.CloseTimeout = CloseLimit;
            connection.HttpMessageHandlerFactory = handler => _negotiation = new Negotiation(clock) { InnerHandler = handler };
        })
        .WithServerTimeout(Silence)
        .WithKeepAliveInterval(Heartbeat.Interval)
        .Build();

    async Task TellAsync(Func<IScreenHub, Task> tell)
    {
        try
        {
            if (_hub is { } hub) await tell(hub).WaitAsync(AnswerLimit, clock);
        }
        catch (Exception e) // of momentary value only; the heartbeat detects a lost connection
        {
            log.LogDebug("The server could not be notified: {Reason}", e.Message);
        }
    }
}
