using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

/// <summary>
/// The hub that screens connect to. Thin: behaviour is in <see cref="ScreenConnections"/> and <see cref="DecisionEngine"/>.
/// </summary>
[Authorize(Policy = DeviceAuthentication.SchemeName)]
sealed class ScreenHub(
    ScreenConnections connections, PlayerSeats seats, ProgrammePublisher programmes, SchedulePublisher schedules, DecisionEngine decisions,
    TimeProvider time) : Hub<IScreenClient>, IScreenHub
{
    private static readonly TimeSpan LongestCreative = TimeSpan.FromMinutes(10);

    private Guid Player => PlayersSetup.PlayerOf(Context.GetHttpContext()!.Request) ?? throw new HubException("Not a player.");

    private Guid ScreenId => Context.User.ScreenId() ?? throw new HubException("Not a screen.");

    public override async Task OnConnectedAsync()
    {
        await base.OnConnectedAsync();
        seats.Connected(ScreenId, Player);
        connections.Connect(ScreenId, Context);
        programmes.Send(ScreenId);
        schedules.Connected(ScreenId);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Disconnect(ScreenId, Context.ConnectionId);
        seats.Leave(ScreenId, Player);
        return base.OnDisconnectedAsync(exception);
    }

    public Task<HeartbeatReply> Beat(Heartbeat heartbeat)
    {
        if (heartbeat?.PlayerVersion is null || !IsText(heartbeat.PlayerVersion, 64) || !IsText(heartbeat.Problem, Heartbeat.MaxProblem)
            || !Enum.IsDefined(heartbeat.Camera)
            || !Enum.IsDefined(heartbeat.Analysing) || heartbeat.OutboxPending < 0
            || !Within(heartbeat.ClockAheadMilliseconds, Heartbeat.MostAheadMilliseconds)
            || !Within(heartbeat.ClockDriftPartsPerMillion, Heartbeat.MostDrift)
            || heartbeat.CpuCelsius is not (null or (>= Heartbeat.LeastCelsius and <= Heartbeat.MostCelsius))
            || !AreSound(heartbeat.Sensors) || !heartbeat.Hints.IsSound || heartbeat.LeftOut?.Count > Heartbeat.MaxLeftOut)
            throw new HubException("The heartbeat is malformed.");
        decisions.LeaveOut(ScreenId, heartbeat.LeftOut ?? []);
        seats.Heard(ScreenId);
        connections.Beat(ScreenId, heartbeat);
        return Task.FromResult(new HeartbeatReply(time.GetUtcNow()) { OtherRefused = seats.IsDisputed(ScreenId) });
    }

    // All heartbeats are written in one statement: a text that PostgreSQL rejects would block those of the other screens.
    private static bool IsText(string? text, int most) => text is null || (text.Length <= most && StorableText.IsSound(text));

    // NaN is never within bounds.
    private static bool Within(double? value, double most) => value is not { } v || Math.Abs(v) <= most;

    private static bool AreSound(IReadOnlyList<SensorReport>? sensors) => sensors is null
        || (sensors.Count <= Heartbeat.MaxSensors && sensors.All(
        s => s is not null && Enum.IsDefined(s.Kind) && Enum.IsDefined(s.State) && s.Metres is null
            or (>= 0 and <= SensorReport.MostMetres)));

    public Task Acknowledge(long sequence)
    {
        connections.Acknowledge(ScreenId, sequence);
        return Task.CompletedTask;
    }

    public Task PlayEnding(PlayEnding ending)
    {
        if (ending is null || ending.Remaining < TimeSpan.Zero || ending.Remaining > LongestCreative)
            throw new HubException("The remaining time is malformed.");
        if (decisions.MayBeEnding(ScreenId)) decisions.PlayEnding(ScreenId, ending);
        return Task.CompletedTask;
    }
}
