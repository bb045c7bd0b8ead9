using System.Net;
using System.Threading.Channels;
using FaceAd.Contracts;
using FaceAd.Player.Server;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support;

/// <summary>A screen's bare connection to the hub, and what it is told.</summary>
public sealed class ScreenConnection : IAsyncDisposable
{
    private ScreenConnection(HubConnection hub)
    {
        Hub = hub;
        hub.On<PlayCommand>(nameof(IScreenClient.Play), command => Commands.Writer.TryWrite(command));
        hub.On<ScreenProgramme>(nameof(IScreenClient.Programme), programme => Programmes.Writer.TryWrite(programme));
        hub.On<bool>(nameof(IScreenClient.AudienceOpen), open => Sampling.Writer.TryWrite(open));
        hub.Closed += _ =>
        {
            Closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubConnection Hub { get; }

    public Channel<PlayCommand> Commands { get; } = Channel.CreateUnbounded<PlayCommand>();

    public Channel<ScreenProgramme> Programmes { get; } = Channel.CreateUnbounded<ScreenProgramme>();

    public Channel<bool> Sampling { get; } = Channel.CreateUnbounded<bool>();

    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ScreenConnection> OpenAsync(AppFixture app, string token)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(token));
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(new UriBuilder(new Uri(app.Address, Routes.Hub)) { Scheme = "ws" }.Uri));
        var connection = new ScreenConnection(builder.Build());
        // The server lets go of whoever is silent for 15 s. A player beats every few seconds; this one only pings, every 15 s by default.
        connection.Hub.KeepAliveInterval = TimeSpan.FromSeconds(3);
        await connection.Hub.StartAsync();
        return connection;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
