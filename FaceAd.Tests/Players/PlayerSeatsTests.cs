using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Players;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FaceAd.Tests.Players;

/// <summary>Two players with one token: a copied card.</summary>
public sealed class PlayerSeatsTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private static readonly Guid First = Guid.NewGuid(), Second = Guid.NewGuid(), Screen = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void MayServe_SecondPlayer_WaitsUntilTheFirstIsGone()
    {
        var seats = new PlayerSeats(_time, NullLogger<PlayerSeats>.Instance);
        Assert.True(seats.MayServe(Screen, First, takes: true));
        Assert.True(seats.MayServe(Screen, First, takes: true)); // connected again
        Assert.False(seats.IsDisputed(Screen));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(seats.MayServe(Screen, Second, takes: true));
            _time.Advance(TimeSpan.FromSeconds(5));
            seats.Heard(Screen);
        }
        Assert.True(seats.IsDisputed(Screen));
        _time.Advance(PlayerSeats.Silence); // its network is down: it is waited for
        Assert.False(seats.MayServe(Screen, Second, takes: true));
        Assert.True(seats.MayServe(Screen, First, takes: true));
        seats.Leave(Screen, First);
        Assert.False(seats.MayServe(Screen, Second, takes: true));
        _time.Advance(PlayerSeats.Precedence); // its power is cut
        Assert.True(seats.MayServe(Screen, Second, takes: true));
        Assert.False(seats.MayServe(Screen, First, takes: true));
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.False(seats.IsDisputed(Screen));
    }

    [Fact]
    public void MayServe_PlayerThatStartsAgain_IsLetInAtOnce()
    {
        var seats = new PlayerSeats(_time, NullLogger<PlayerSeats>.Instance);
        Assert.True(seats.MayServe(Screen, First, takes: true));
        seats.Leave(Screen, First);
        Assert.True(seats.MayServe(Screen, Second, takes: true));
        seats.Leave(Screen, First); // heard of late
        Assert.False(seats.MayServe(Screen, Guid.NewGuid(), takes: true));
        _time.Advance(PlayerSeats.Silence); // a machine without power, and its next start
        Assert.True(seats.MayServe(Screen, First, takes: true));
        seats.Connected(Screen, Second);
        Assert.False(seats.MayServe(Screen, Guid.NewGuid(), takes: true));
    }

    [Fact]
    public void MayServe_WhoOnlyAsks_TakesNothing()
    {
        var seats = new PlayerSeats(_time, NullLogger<PlayerSeats>.Instance);
        Assert.True(seats.MayServe(Screen, Second, takes: false)); // a frame before the connection
        Assert.True(seats.MayServe(Screen, First, takes: true));
        Assert.False(seats.MayServe(Screen, Second, takes: false));
    }

    [Fact]
    public async Task Connect_TwoPlayersWithOneToken_TheSecondIsRefusedAndTheScreenSaysSo()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        ScreenNow Now() => app.Services.GetRequiredService<ScreenBoard>().Now().Single(s => s.ScreenId == screen.Id);
        await using (var first = await ScreenConnection.OpenAsync(app, token, First))
        {
            Assert.False((await BeatAsync(first)).OtherRefused);
            Assert.False(Now().IsDisputed);
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ScreenConnection.OpenAsync(app, token, Second));
            Assert.Equal(HttpStatusCode.Locked, refused.StatusCode);
            Assert.Equal(HubConnectionState.Connected, first.Hub.State);
            Assert.True(Now().IsDisputed);
            Assert.True((await BeatAsync(first)).OtherRefused); // for its log
            Assert.Equal(HttpStatusCode.Locked, await FrameAsync($"{Second}"));
            Assert.NotEqual(HttpStatusCode.Locked, await FrameAsync($"{First}"));
            // Who leaves the header out is another player, too.
            refused = await Assert.ThrowsAsync<HttpRequestException>(() => ScreenConnection.OpenAsync(app, token));
            Assert.Equal(HttpStatusCode.Locked, refused.StatusCode);
            Assert.Equal(HttpStatusCode.Locked, await FrameAsync(""));
            Assert.Equal(HttpStatusCode.BadRequest, await FrameAsync("the second"));
            Assert.Equal(HttpStatusCode.Locked, await FrameAsync($"{Second}"));
            Assert.Equal(HubConnectionState.Connected, first.Hub.State);
        }
        // Gone: it may start again, and the other one waits for a while.
        await Wait.UntilAsync(() => !Now().Connected, "the first has left");
        await Assert.ThrowsAsync<HttpRequestException>(() => ScreenConnection.OpenAsync(app, token, Second));
        await using var again = await ScreenConnection.OpenAsync(app, token, Guid.NewGuid());
        Assert.True(Now().Connected);
        Assert.False((await BeatAsync(again)).OtherRefused); // it has the place now

        static Task<HeartbeatReply> BeatAsync(ScreenConnection player) =>
            player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat());

        async Task<HttpStatusCode> FrameAsync(string player)
        {
            using var http = app.NewClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Frames.TrimStart('/'));
            request.Content = new ByteArrayContent([1]);
            request.Headers.Add("Authorization", "Bearer " + token);
            if (player.Length > 0) request.Headers.Add(Routes.PlayerHeader, player);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }
}
