using System.Collections.Concurrent;
using System.Security.Claims;
using FaceAd.Core;
using FaceAd.Core.Offline;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

/// <summary>
/// The connected screens, the latest command to each, and its latest heartbeat. Commands are numbered per screen; one that was not
/// acknowledged is sent again when the screen reconnects.
/// </summary>
sealed class ScreenConnections : IDisposable
{
    private static readonly TimeSpan CommandLifetime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Connection> _connections = new();
    private readonly IHubContext<ScreenHub, IScreenClient> _hub;
    private readonly IDisposable[] _listening;
    private readonly LiveAudiences _audiences;
    private readonly SiteOwnership _ownership;
    private readonly ConnectedTimes _times;
    private readonly PlayerMeters _meters;
    private readonly TimeProvider _time;
    private readonly ILogger<ScreenConnections> _log;
    private readonly LogLimit<Guid> _changes; // a screen whose connection comes and goes

    /// <summary>Subscribes to decisions and audiences.</summary>
    public ScreenConnections(
        IHubContext<ScreenHub, IScreenClient> hub, DecisionEngine decisions, LiveAudiences audiences, SiteOwnership ownership,
        ConnectedTimes times, PlayerMeters meters, TimeProvider time, ILogger<ScreenConnections> log)
    {
        (_hub, _audiences, _ownership, _times, _meters, _time, _log) = (hub, audiences, ownership, times, meters, time, log);
        Changed = new("screen's state", log);
        _changes = new(log, time, most: 10, TimeSpan.FromHours(1));
        _listening = [decisions.Pushed.Add(Push), audiences.Changed.Add(TellSampling)];
    }

    /// <summary>Told when a screen connected, disconnected or said something new.</summary>
    public Subscribers<Guid> Changed { get; }

    /// <summary>Screens connected to this node.</summary>
    public IReadOnlyCollection<Guid> Connected => [.. _connections.Where(c => c.Value.ConnectionId is not null).Select(c => c.Key)];

    /// <summary>Latest heartbeat of a screen since this node started, its arrival and that as a timestamp; null before the first.</summary>
    public (Heartbeat Beat, DateTimeOffset At, long Stamp)? LastBeat(Guid screenId) => _connections.GetValueOrDefault(screenId)?.Beat;

    /// <summary>Whether a screen is connected to this node.</summary>
    public bool IsConnected(Guid screenId) => _connections.GetValueOrDefault(screenId)?.ConnectionId is not null;

    /// <summary>Sends a screen its programme.</summary>
    public void SendProgramme(Guid screenId, ScreenProgramme programme)
    {
        if (_connections.GetValueOrDefault(screenId)?.ConnectionId is { } id) Send(screenId, _hub.Clients.Client(id).Programme(programme));
    }

    /// <summary>Sends a screen what it may play by itself.</summary>
    public void SendSchedule(Guid screenId, OfflineSchedule schedule)
    {
        if (_connections.GetValueOrDefault(screenId)?.ConnectionId is { } id) Send(screenId, _hub.Clients.Client(id).Schedule(schedule));
    }

    public void Dispose()
    {
        foreach (var subscription in _listening) subscription.Dispose();
    }

    internal void Connect(Guid screenId, HubCallerContext caller)
    {
        var connection = _connections.GetOrAdd(screenId, _ => new Connection());
        HubCallerContext? replaced;
        PlayCommand? pending;
        lock (connection)
        {
            replaced = connection.Caller;
            connection.Caller = caller;
            _times.Connected(screenId, _time.GetUtcNow());
            // Not once another node has owned the site: that one may have sent newer commands.
            pending = connection.Sent is { } sent && sent.Command.Sequence > connection.Acknowledged
                && _time.GetElapsedTime(sent.At) < CommandLifetime
                && _ownership.Find(sent.Lease.SiteId)?.Generation == sent.Lease.Generation
                ? sent.Command : null;
        }
        replaced?.Abort(); // the same player, connected again
        if (_changes.Allows(screenId)) _log.LogInformation("Screen {ScreenId} connected", screenId);
        var client = _hub.Clients.Client(caller.ConnectionId);
        // While disconnected it could not be notified, and sampled as if an audience were open.
        Send(screenId, client.AudienceOpen(_audiences.Find(screenId)?.AudienceId is not null));
        if (pending is not null) Send(screenId, client.Play(pending));
        Changed.Tell(screenId);
    }

    internal void Disconnect(Guid screenId, string connectionId)
    {
        if (!_connections.TryGetValue(screenId, out var connection)) return;
        lock (connection)
        {
            if (connection.ConnectionId != connectionId) return;
            connection.Caller = null;
            _times.Disconnected(screenId);
        }
        if (_changes.Allows(screenId)) _log.LogInformation("Screen {ScreenId} disconnected", screenId);
        Changed.Tell(screenId);
    }

    /// <summary>Disconnects screens whose token is no longer valid.</summary>
    /// <param name="isVoid">Whether the token with this hash is invalid.</param>
    internal void AbortWhere(Predicate<string> isVoid)
    {
        foreach (var (screenId, connection) in _connections)
        {
            var caller = connection.Caller;
            if (caller?.User?.FindFirstValue(DeviceAuthentication.TokenHashClaim) is not { } hash || !isVoid(hash)) continue;
            _log.LogInformation("Disconnected screen {ScreenId}: its token is no longer valid", screenId);
            caller.Abort();
        }
    }

    /// <summary>Disconnects the screens of lost sites; they reconnect through the nodes that own them now.</summary>
    /// <param name="isThere">Whether a screen is at one of the sites.</param>
    internal void Drop(Predicate<Guid> isThere)
    {
        foreach (var (screenId, connection) in _connections)
        {
            if (isThere(screenId)) connection.Caller?.Abort();
        }
    }

    internal void Beat(Guid screenId, Heartbeat beat)
    {
        if (!_connections.TryGetValue(screenId, out var connection)) return;
        lock (connection)
        {
            connection.Beat = (beat, _time.GetUtcNow(), _time.GetTimestamp());
            _times.Heard(screenId, connection.Beat.Value.At);
        }
        Changed.Tell(screenId);
    }

    internal void Acknowledge(Guid screenId, long sequence)
    {
        if (!_connections.TryGetValue(screenId, out var connection)) return;
        lock (connection) connection.Acknowledged = Math.Max(connection.Acknowledged, sequence);
    }

    private void Push(DecisionMade made)
    {
        var decision = made.Decision;
        if (_ownership.Find(made.Screen.SiteId) is not { } lease)
        {
            _log.LogDebug("Decision {DecisionId} is not pushed: this node no longer owns the site", decision.Id);
            return;
        }
        var connection = _connections.GetOrAdd(made.Screen.Id, _ => new Connection());
        PlayCommand command;
        string? connectionId;
        lock (connection)
        {
            // Generation and count: the next owner's commands are newer than these, whatever the clocks say. After a restored backup they
            // may be lower than those a screen knows; it obeys the first command of each connection all the same, and goes on from there.
            var sequence = Math.Max((connection.Sent?.Command.Sequence ?? 0) + 1, lease.Generation << 32);
            command = new PlayCommand(sequence, decision.Id, decision.CreativeId, made.AtEnd, decision.At);
            connection.Sent = (command, lease, _time.GetTimestamp());
            connectionId = connection.ConnectionId;
        }
        if (connectionId is null) return;
        using var trace = Traces.Step("pushed");
        Send(made.Screen.Id, _hub.Clients.Client(connectionId).Play(command));
        _meters.Pushed(made.Screen.Id);
        _log.LogDebug("Pushed {Sequence} to screen {ScreenId}: creative {CreativeId}, decision {DecisionId}",
            command.Sequence, made.Screen.Id, command.CreativeId, command.DecisionId);
    }

    private void TellSampling(LiveAudience audience)
    {
        var open = audience.AudienceId is not null;
        if (!_connections.TryGetValue(audience.Screen.Id, out var connection)) return;
        string? connectionId;
        lock (connection)
        {
            connectionId = connection.AudienceOpen == open ? null : connection.ConnectionId;
            connection.AudienceOpen = open;
        }
        if (connectionId is not null) Send(audience.Screen.Id, _hub.Clients.Client(connectionId).AudienceOpen(open));
        Changed.Tell(audience.Screen.Id);
    }

    // SignalR keeps the order of sends to one connection; a failed send means that the connection is closing.
    private async void Send(Guid screenId, Task sending)
    {
        try
        {
            await sending;
        }
        catch (Exception exception)
        {
            if (_changes.Allows(screenId))
                _log.LogWarning("Could not send a message to screen {ScreenId} ({Reason})", screenId, exception.Message);
        }
    }

    // Its own lock guards its fields.
    private sealed class Connection
    {
        public HubCallerContext? Caller;
        public (PlayCommand Command, SiteLease Lease, long At)? Sent;
        public long Acknowledged;
        public bool AudienceOpen;
        public (Heartbeat Beat, DateTimeOffset At, long Stamp)? Beat;

        public string? ConnectionId => Caller?.ConnectionId;
    }
}
