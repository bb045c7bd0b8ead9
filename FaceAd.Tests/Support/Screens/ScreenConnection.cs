using System.Net;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Core.Offline;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace FaceAd.Tests.Support.Screens;

/// <summary>A screen's bare connection to the hub, and what it is told.</summary>
public sealed class ScreenConnection : IAsyncDisposable
{
    private ScreenConnection(HubConnection hub)
    {
        Hub = hub;
        hub.On<PlayCommand>(nameof(IScreenClient.Play), command => Commands.Writer.TryWrite(command));
        hub.On<ScreenProgramme>(nameof(IScreenClient.Programme), programme => Programmes.Writer.TryWrite(programme));
        hub.On<OfflineSchedule>(nameof(IScreenClient.Schedule), schedule => Schedules.Writer.TryWrite(schedule));
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

    public Channel<OfflineSchedule> Schedules { get; } = Channel.CreateUnbounded<OfflineSchedule>();

    public Channel<bool> Sampling { get; } = Channel.CreateUnbounded<bool>();

    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task<ScreenConnection> OpenAsync(AppFixture app, string token, Guid? player = null) =>
        OpenAsync(app.Address, token, player);

    /// <param name="server">Address of the server.</param>
    /// <param name="token">The screen's token.</param>
    /// <param name="player">As whom the player names itself; null for one that does not.</param>
    public static async Task<ScreenConnection> OpenAsync(Uri server, string token, Guid? player = null)
    {
        var connection = new ScreenConnection(new HubConnectionBuilder()
            .WithUrl(new Uri(server, Routes.Hub), HttpTransportType.WebSockets, way =>
            {
                way.Headers["Authorization"] = "Bearer " + token;
                if (player is { } id) way.Headers[Routes.PlayerHeader] = id.ToString();
            })
            .Build());
        // The server disconnects a screen that is silent for 15 s. A player beats every
        // few seconds; this one only pings, every 15 s by default.
        connection.Hub.KeepAliveInterval = TimeSpan.FromSeconds(3);
        await connection.Hub.StartAsync();
        return connection;
    }

    /// <summary>Connects as a player does: within a second of a change of owner it may be refused, and tries again.</summary>
    public static async Task<ScreenConnection> OpenAgainAsync(AppFixture app, string token)
    {
        ScreenConnection? connection = null;
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    connection = await OpenAsync(app, token);
                }
                catch (HttpRequestException refused)
                    when (refused.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)
                {
                    return false;
                }
                return true;
            }, "the screen is connected again");
        return connection!;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
