using System.Net.WebSockets;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player.Clock;

/// <summary>Whole players on machines whose clock is hours off.</summary>
public sealed class WrongClockTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("facead-wrong-clock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Play_WallClockHoursOff_IsReportedAtTheRightTimeAlsoWhenItRanBeforeTheFirstContact()
    {
        var server = await ScreenServer.StartAsync();
        var address = server.Address;
        var creative = server.AddCreative("house", [1, 2, 3], seconds: 10);
        server.Programme = ScreenServer.ProgrammeOf([creative], [creative.CreativeId]);
        try
        {
            // Three hours slow, with a server.
            await using (var player = await StartAsync(address, TimeSpan.FromHours(-3)))
            {
                var began = await PlayAsync(player);
                AssertNear(began, await Wait.NextAsync(server.Plays.Reader));
                var beat = await Wait.ForAsync(server.Beats.Reader, b =>
                    b.ClockAheadMilliseconds is not null, "a heartbeat tells how far the clock is off");
                Assert.Equal(-3 * 3600_000, beat.ClockAheadMilliseconds!.Value, 1000.0);
                await player.StopAsync();
            }
            await server.DisposeAsync();
            File.Delete(Path.Combine(_folder, "clock.json")); // as after a start of the machine

            // Five hours fast, without a server; one process is stopped, the next one delivers.
            DateTimeOffset blind;
            await using (var player = await StartAsync(address, TimeSpan.FromHours(5)))
            {
                blind = await PlayAsync(player);
                await Wait.UntilAsync(() => player.Services.GetRequiredService<PlayOutbox>().Pending > 0, "the play has ended");
                await player.StopAsync();
            }
            await using (var player = await StartAsync(address, TimeSpan.FromHours(5)))
            {
                server = await ScreenServer.StartAsync(address.Port);
                AssertNear(blind, await Wait.NextAsync(server.Plays.Reader));
                await player.StopAsync();
            }
            Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "outbox")));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public void Outbox_PlaysOfBeforeTheFirstContact_AreShiftedOnceHoweverOftenTheProcessIsKilled()
    {
        var machine = new MachineClock(new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(-3));
        var blind = new ServerClock(machine, "boot").Read();
        var truth = machine.Truth;
        var early = OutboxTests.Report(0) with { StartedAt = blind.Now, EndedAt = blind.Now.AddSeconds(10) };
        var (older, known) = (OutboxTests.Report(1), OutboxTests.Report(2));
        var (unknown, keys) = (new ServerClock(machine, "boot"), TestFolders.New("keys"));
        var outbox = new PlayOutbox(_folder, OutboxTests.Signer(keys), NullLogger.Instance, clock: unknown);
        outbox.Add(early, blind.Mark);
        outbox.Add(older, blind.Mark! with { Boot = "another" }); // nothing is known of that run of the machine any more
        outbox.Add(known);

        for (var life = 0; life < 3; life++)
        {
            var clock = new ServerClock(machine, "boot");
            var opened = new PlayOutbox(_folder, OutboxTests.Signer(keys), NullLogger.Instance, clock: clock);
            Assert.False(opened.Ready.IsCompleted);
            machine.Pass(5);
            clock.Learn(clock.GetTimestamp(), clock.GetTimestamp(), machine.Truth);
            Assert.True(opened.Ready.IsCompleted);
            var reports = opened.Oldest(10).Select(r => r.Report with { Seal = null }).ToDictionary(r => r.PlayId);
            Assert.Equal(3, reports.Count);
            Assert.Equal(0, (reports[early.PlayId].StartedAt - truth).TotalSeconds, 3);
            Assert.Equal(10, (reports[early.PlayId].EndedAt - reports[early.PlayId].StartedAt).TotalSeconds, 3);
            Assert.Equal((older, known), (reports[older.PlayId], reports[known.PlayId]));
        }
    }

    async Task<WebApplication> StartAsync(Uri server, TimeSpan ahead)
    {
        var settings = PlayerSettings.Read(
            ["--server", server.ToString(), "--data", _folder, "--port", "0", "--browser", "none"],
            new Dictionary<string, string?> { ["FACEAD_TOKEN"] = ScreenServer.Token });
        var player = PlayerHost.Build(settings, machine: new WrongWall(ahead));
        await player.StartAsync();
        return player;
    }

    // The page that renders, played by hand: shows the first run it is told of for a moment.
    static async Task<DateTimeOffset> PlayAsync(WebApplication player)
    {
        var address = new Uri(player.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var socket = new ClientWebSocket();
        using var limit = new CancellationTokenSource(Wait.Limit);
        await socket.ConnectAsync(new UriBuilder(new Uri(address, "screen")) { Scheme = "ws" }.Uri, limit.Token);
        await SendAsync(new { type = "hello", token = player.Services.GetRequiredService<RenderToken>().Issue() });
        var run = 0L;
        while (run == 0)
        {
            var buffer = new byte[4096];
            var length = (await socket.ReceiveAsync(buffer, limit.Token)).Count;
            using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
            if (message.RootElement.GetProperty("type").GetString() == "show") run = message.RootElement.GetProperty("run").GetInt64();
        }
        var began = TimeProvider.System.GetUtcNow();
        await SendAsync(new { type = "started", run, age = 0, length = 10 });
        await SendAsync(new { type = "progress", run, age = 0, mediaTime = 1, frames = 15 });
        await SendAsync(new { type = "ended", run, age = 0, mediaTime = 1, frames = 15 });
        return began;

        Task SendAsync<T>(T message) =>
            socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, limit.Token);
    }

    static void AssertNear(DateTimeOffset began, PlayReport play)
    {
        Assert.Equal(0, (play.StartedAt - began).TotalSeconds, 2.0);
        Assert.InRange((play.EndedAt - play.StartedAt).TotalSeconds, 0, 2);
    }
}
