using System.Text.Json;
using System.Text.Json.Nodes;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Players;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

/// <summary>What a heartbeat may say of sensors and heat, and where it goes.</summary>
public sealed class HeartbeatSensorsTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private static Heartbeat Beat(double? celsius, params SensorReport[]? sensors) =>
        Sample.Beat() with { CpuCelsius = celsius, Sensors = sensors };

    [Fact]
    public async Task Beat_SensorsAndHeatSaid_AreOnTheBoardAsFarAsAnybodyLooks()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        await player.Hub.InvokeAsync<HeartbeatReply>(
            nameof(IScreenHub.Beat),
            Beat(61.74, new(SensorKind.Motion, SensorState.Empty, null), new(SensorKind.Distance, SensorState.Present, 0.6449)));
        var now = Now(screen.Id);
        Assert.Equal(62, now.CpuCelsius);
        Assert.Equal([new(SensorKind.Motion, SensorState.Empty, null), new(SensorKind.Distance, SensorState.Present, 0.6)], now.Sensors);

        // A player without sensors.
        await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(null, null));
        Assert.Equal((null, 0), (Now(screen.Id).CpuCelsius, Now(screen.Id).Sensors.Count));
    }

    public static TheoryData<string> Hostile => new(
        """{ "problem": "one zero byte\u0000" }""", // PostgreSQL would refuse it, and the heartbeats of all other screens with it
        """{ "playerVersion": "\u0000" }""",
        """{ "analysing": 7 }""",
        """{ "outboxPending": -1 }""",
        """{ "cpuCelsius": 201 }""",
        """{ "cpuCelsius": -101 }""",
        """{ "cpuCelsius": 1e300 }""",
        """{ "cpuCelsius": "NaN" }""",
        """{ "sensors": [null] }""",
        """{ "sensors": [{ "kind": 7, "state": 1 }] }""",
        """{ "sensors": [{ "kind": 0, "state": -1 }] }""",
        """{ "sensors": [{ "kind": 1, "state": 1, "metres": -0.1 }] }""",
        """{ "sensors": [{ "kind": 1, "state": 1, "metres": 10.1 }] }""",
        """{ "sensors": [{}, {}, {}, {}, {}, {}, {}, {}, {}] }""",
        """{ "sensors": "many" }""");

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Beat_SaysWhatNoSensorCan_IsRefused(string hostile)
    {
        await using var player = await ScreenConnection.OpenAsync(app, app.Server.Token);
        var beat = JsonSerializer.SerializeToNode(Beat(null), JsonSerializerOptions.Web)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(hostile)!.AsObject()) beat[name] = value?.DeepClone();
        await Assert.ThrowsAsync<HubException>(() => player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat));
        Assert.Null(app.Services.GetRequiredService<ScreenConnections>().LastBeat(app.Server.Screen.Id));
        Assert.Equal(HubConnectionState.Connected, player.Hub.State);
    }

    private ScreenNow Now(Guid screenId) => app.Services.GetRequiredService<ScreenBoard>().Now().Single(s => s.ScreenId == screenId);
}
