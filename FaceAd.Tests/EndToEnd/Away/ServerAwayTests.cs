using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Player;
using FaceAd.Player.Playback;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd.Away;

/// <summary>
/// The real server is stopped and started again, and the real player goes on with the ads in between; its page is played by hand. Both live
/// by one clock that is set forward, so that nobody waits.
/// </summary>
public sealed class ServerAwayTests : IAsyncLifetime
{
    private readonly HastyClock _clock = new(tellsTimers: false);
    private readonly TestPlayer _player = new();
    private App _app = null!;

    public async Task InitializeAsync()
    {
        _app = new App(_clock, null);
        await _app.InitializeAsync();
    }

    public Task DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Player_ServerStopsAndComesBack_AdsGoOnAndEachCountsOnce()
    {
        var player = await StartPlayerAsync();
        var status = player.Services.GetRequiredService<PlayerStatus>();
        var schedule = _player.FileOf("schedule.json");
        await Wait.UntilAsync(() => status.Cache.Ready == 2 && File.Exists(schedule), "the player has all it needs to go on");
        await using (var page = await Screen.OpenAsync(player, _clock)) Assert.Equal(_app.House, await page.PlayAsync());
        await _app.StopAsync();

        List<string> shown = [];
        for (var ad = 0; ad < 3; ad++)
        {
            if (ad == 2)
            {
                await player.DisposeAsync();
                player = await StartPlayerAsync(); // a new process would not begin anew either
            }
            _clock.Forward(TimeSpan.FromSeconds(31)); // more than the silence, and than the pace of the slice
            await using var page = await Screen.OpenAsync(player, _clock);
            for (var i = 0; i < 2; i++) shown.Add(await page.PlayAsync());
        }
        Assert.Equal([_app.Ad, _app.House, _app.Ad, _app.House, _app.Ad, _app.House], shown);

        // The server is back: it gets the plays, and decides again.
        await using var back = new App(_clock, _app);
        await back.InitializeAsync();
        await player.DisposeAsync();
        player = await StartPlayerAsync(); // the old one may wait for a minute before it tries again
        await using var db = back.NewContext();
        await Wait.UntilAsync(async () => await db.Plays.CountAsync(p => p.ScreenId == back.ScreenId) >= 7, "all plays have come");
        var plays = await db.Plays.AsNoTracking().Where(p => p.ScreenId == back.ScreenId && p.CampaignId != null).ToListAsync();
        Assert.Equal((3, 3), (plays.Count, plays.Select(p => p.Id).Distinct().Count()));
        Assert.All(plays, p =>
            Assert.True(OfflineSlice.In(p.DecisionId!.Value) is { } s && s.From <= p.StartedAt && p.StartedAt < s.Until));
        Assert.False(await db.Set<DisputedPlay>().AnyAsync());
        await Wait.UntilAsync(
            async () => await db.Decisions.CountAsync(d => d.Reason == DecisionReason.ServerAway) == 3, "the reasons are written");

        await using var screen = await Screen.OpenAsync(player, _clock);
        using var client = new DeviceClient(back, back.Token, player.Services.GetRequiredService<PlayerSettings>().Instance);
        var connections = back.Services.GetRequiredService<ScreenConnections>();
        await Wait.UntilAsync(() => connections.IsConnected(back.ScreenId), "the screen is connected again");
        Assert.Equal(_app.House, await screen.PlayAsync()); // the server is there, and has said nothing yet
        var now = _clock.GetUtcNow();
        await client.UntilCommittedAsync(
            Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Men2030, now, now)));
        await screen.PlayAsync(_app.Ad);
        await Wait.UntilAsync(async () => await db.Plays.CountAsync(p => p.CampaignId != null) == 4, "the commanded play has come");
        var commanded = await db.Plays.AsNoTracking().Where(p => p.CampaignId != null).OrderBy(p => p.StartedAt).LastAsync();
        Assert.Null(OfflineSlice.In(commanded.DecisionId!.Value));
        await player.DisposeAsync();
    }

    private Task<WebApplication> StartPlayerAsync() => _player.StartAsync(_clock, _app.Address, _app.Token, "--browser", "none");

    /// <summary>The server, or with <paramref name="stopped"/> the same one started again.</summary>
    private sealed class App(TimeProvider clock, App? stopped) : SiteFixture
    {
        public string Token => stopped?.Token ?? Device.Token;

        public Guid ScreenId => stopped?.ScreenId ?? Device.Screen.Id;

        /// <summary>Hash of the campaign's video, and of the house loop's.</summary>
        public string Ad { get; } = Hash("ad");

        public string House { get; } = Hash("house");

        protected override int Port => stopped?.Address.Port ?? 0;

        protected override AppFixture? Beside => stopped;

        protected override void Replace(IServiceCollection services) => services.AddSingleton(clock);

        protected override async Task ReadyAsync()
        {
            if (stopped is not null) return;
            await base.ReadyAsync();
            var media = Services.GetRequiredService<DataFolder>().Media;
            Directory.CreateDirectory(media);
            foreach (var video in new[] { "ad", "house" }) await File.WriteAllTextAsync(Path.Combine(media, Hash(video) + ".mp4"), video);
            await using var db = NewContext();
            await db.Creatives.ExecuteUpdateAsync(s => s.SetProperty(c => c.Sha256, Ad)
                .SetProperty(c => c.Bytes, "ad".Length).SetProperty(c => c.Seconds, 1));
            db.Add(new Creative
            {
                OrganisationId = await db.Organisations.Select(o => o.Id).FirstAsync(),
                Name = "House",
                Sha256 = House,
                Bytes = "house".Length,
                Seconds = 1,
                Width = 640,
                Height = 360,
                CreatedAt = Sample.Noon,
            });
            await db.SaveChangesAsync();
            await Services.GetRequiredService<SnapshotReader>().RefreshAsync();
        }

        private static string Hash(string video) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(video)));
    }

    /// <summary>The page that renders.</summary>
    private sealed class Screen(ClientWebSocket socket, PlayerStatus status, HastyClock clock) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _limit = new(Wait.Limit);

        public static async Task<Screen> OpenAsync(WebApplication player, HastyClock clock)
        {
            var address = new Uri(player.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var screen = new Screen(new ClientWebSocket(), player.Services.GetRequiredService<PlayerStatus>(), clock);
            await screen.ConnectAsync(new UriBuilder(new Uri(address, "screen")) { Scheme = "ws" }.Uri);
            await screen.SendAsync(new { type = "hello", token = player.Services.GetRequiredService<RenderToken>().Issue() });
            return screen;
        }

        /// <summary>Shows the next run, or the next of a video, for a second that nobody waits for.</summary>
        /// <returns>Hash of its video.</returns>
        public async Task<string> PlayAsync(string? wanted = null)
        {
            while (true)
            {
                var buffer = new byte[4096];
                var length = (await socket.ReceiveAsync(buffer, _limit.Token)).Count;
                using var message = JsonDocument.Parse(buffer.AsMemory(0, length));
                if (message.RootElement.GetProperty("type").GetString() != "show") continue;
                var hash = Path.GetFileNameWithoutExtension(message.RootElement.GetProperty("url").GetString()!);
                if (wanted is not null && wanted != hash) continue;
                var run = message.RootElement.GetProperty("run").GetInt64();
                clock.Forward(TimeSpan.FromSeconds(2));
                await SendAsync(new { type = "started", run, age = 1000, length = 1 });
                await SendAsync(new { type = "ended", run, age = 0, mediaTime = 1, frames = 15 });
                return hash;
            }
        }

        public async ValueTask DisposeAsync()
        {
            socket.Abort();
            socket.Dispose();
            await Wait.UntilAsync(() => !status.Page.Rendering, "the player knows that the page is gone");
            _limit.Dispose();
        }

        private Task ConnectAsync(Uri address) => socket.ConnectAsync(address, _limit.Token);

        private Task SendAsync<T>(T message) =>
            socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, _limit.Token);
    }
}
