using FaceAd.Core;
using FaceAd.Core.Offline;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Player.Server;

/// <summary>Typed proxy of the hub, for calls from screen to server.</summary>
sealed class ScreenHubProxy(HubConnection connection, CancellationToken cancellation) : IScreenHub
{
    public Task<HeartbeatReply> Beat(Heartbeat heartbeat) =>
        connection.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), heartbeat, cancellation);

    public Task Acknowledge(long sequence) => connection.InvokeAsync(nameof(IScreenHub.Acknowledge), sequence, cancellation);

    public Task PlayEnding(PlayEnding ending) => connection.InvokeAsync(nameof(IScreenHub.PlayEnding), ending, cancellation);
}

/// <summary>Dispatches the server's calls to the services of the screen.</summary>
sealed class ScreenClient(
    Playback.PlaybackWorker playback, Playback.OfflineAds offline, ProgrammeStore programmes, PlayerStatus status,
    ILogger<ScreenClient> log) : IScreenClient
{
    /// <summary>Binds every method of the contract to a connection.</summary>
    public void Bind(HubConnection connection)
    {
        connection.On<PlayCommand>(nameof(IScreenClient.Play), Play);
        connection.On<ScreenProgramme>(nameof(IScreenClient.Programme), Programme);
        connection.On<OfflineSchedule>(nameof(IScreenClient.Schedule), Schedule);
        connection.On<bool>(nameof(IScreenClient.AudienceOpen), AudienceOpen);
    }

    public Task Play(PlayCommand command)
    {
        playback.Play(command);
        return Task.CompletedTask;
    }

    public Task Programme(ScreenProgramme programme)
    {
        log.LogInformation("Programme of {Screen}: {Creatives} creatives, {House} in the house loop, measurement {Measurement}, frames analysed by the {Mode}.",
            programme.ScreenName, programme.Creatives.Count, programme.HouseLoop.Count, programme.Measurement
                ? "on" : "off", programme.Mode);
        programmes.Replace(programme);
        return Task.CompletedTask;
    }

    public Task Schedule(OfflineSchedule schedule)
    {
        offline.Replace(schedule);
        return Task.CompletedTask;
    }

    public Task AudienceOpen(bool open)
    {
        // In device inference the local observer decides.
        if (status.Analysis.Mode == InferenceMode.Server) status.AudienceOpen = open;
        return Task.CompletedTask;
    }
}
