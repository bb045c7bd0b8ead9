using System.Net;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FaceAd.Tests.Players;

/// <summary>The hub with real SignalR connections.</summary>
public sealed class ScreenHubTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private static readonly TimeSpan Patience = Wait.Limit;

    [Fact]
    public async Task Connect_GoodToken_GetsItsProgrammeWithHouseLoopAndCampaign()
    {
        var (_, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        var programme = await Wait.NextAsync(screen.Programmes.Reader);
        Assert.True(programme.Measurement);
        Assert.Equal(app.Creative.Sha256, programme.Creatives.Single(c => c.CreativeId == app.Creative.Id).Sha256);
    }

    [Fact]
    public async Task Connect_UnknownToken_Is401() =>
        Assert.Equal(HttpStatusCode.Unauthorized,
            (await Assert.ThrowsAsync<HttpRequestException>(() => ScreenConnection.OpenAsync(app, "fad_unknown"))).StatusCode);

    [Fact]
    public async Task AudienceOfATarget_IsAnsweredWithAPlayCommandAndSampling()
    {
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        Assert.False(await Wait.NextAsync(screen.Sampling.Reader)); // told on connect
        See(entry, Guid.NewGuid(), 1, Segment.Men2030);
        Assert.True(await Wait.NextAsync(screen.Sampling.Reader));
        var command = await Wait.NextAsync(screen.Commands.Reader);
        Assert.Equal((app.Creative.Id, false), (command.CreativeId!.Value, command.AtEnd));
    }

    [Fact]
    public async Task Beat_FirstOrAfterASilence_IsToldToAllNodesOnce()
    {
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        var writer = app.Services.GetServices<IHostedService>().OfType<HeartbeatWriter>().Single();
        var told = Channel.CreateUnbounded<Guid>();
        using var hearing = app.Services.GetRequiredService<NewsListener>().Heard.Add(heard =>
        {
            if (heard.Back.Contains(entry.Id)) told.Writer.TryWrite(entry.Id);
        });
        await BeatAsync();
        await Wait.NextAsync(told.Reader);
        await BeatAsync(); // soon after
        await using var db = app.NewContext();
        await db.Screens.Where(s => s.Id == entry.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, x => x.LastSeenAt!.Value.AddMinutes(-2)));
        await BeatAsync();
        await Wait.NextAsync(told.Reader);
        Assert.False(told.Reader.TryRead(out _));

        async Task BeatAsync()
        {
            await screen.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat());
            await writer.RunCycleAsync(default);
        }
    }

    [Fact]
    public async Task Reconnect_BeforeTheCommandWasAcknowledged_GetsItAgainAndAfterwardsNot()
    {
        var (entry, token) = await RegisterAsync();
        PlayCommand command;
        await using (var first = await ScreenConnection.OpenAsync(app, token))
        {
            See(entry, Guid.NewGuid(), 1, Segment.Men2030);
            command = await Wait.NextAsync(first.Commands.Reader);
        }
        await using (var second = await ScreenConnection.OpenAsync(app, token))
        {
            Assert.Equal(command, await Wait.NextAsync(second.Commands.Reader));
            await second.Hub.InvokeAsync(nameof(IScreenHub.Acknowledge), command.Sequence);
        }
        await using var third = await ScreenConnection.OpenAsync(app, token);
        await Wait.NextAsync(third.Programmes.Reader); // sent after commands
        Assert.False(third.Commands.Reader.TryRead(out _));
    }

    [Fact]
    public async Task PlayEnding_RightAfterAnAdBegan_BringsNoOther()
    {
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        See(entry, Guid.NewGuid(), 1, Segment.Men2030);
        var command = await Wait.NextAsync(screen.Commands.Reader);
        Assert.NotNull(command.CreativeId);
        foreach (var showing in new[] { command.CreativeId, null }) // says so, or that it shows the house loop
            await screen.Hub.InvokeAsync(nameof(IScreenHub.PlayEnding), new PlayEnding(showing, TimeSpan.Zero));
        await screen.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Sample.Beat()); // answered after them
        Assert.False(screen.Commands.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Connect_TheSamePlayerOnceMore_ReplacesItsFirstConnection()
    {
        var (_, token) = await RegisterAsync();
        await using var first = await ScreenConnection.OpenAsync(app, token);
        await using var second = await ScreenConnection.OpenAsync(app, token);
        await first.Closed.Task.WaitAsync(Patience);
        Assert.Equal(HubConnectionState.Connected, second.Hub.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_RevokedOrRenewed_CutsTheConnectionOff(bool revoke)
    {
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        if (revoke) await app.Registry.RevokeAsync(entry.Id);
        else await app.Registry.RenewTokenAsync(entry.Id);
        await screen.Closed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Beat_GoodThenHostile_ShowsOnTheBoardAndIsRefusedWithoutClosing()
    {
        var (entry, token) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        var beat = Sample.Beat() with { Showing = app.Creative.Id, OutboxPending = 3 };
        await screen.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat);
        var now = app.Services.GetRequiredService<ScreenBoard>().Now().Single(s => s.ScreenId == entry.Id);
        Assert.Equal((true, "Creative", 3, CameraState.Running), (now.Connected, now.ShowingName, now.OutboxPending, now.Camera));

        await Assert.ThrowsAsync<HubException>(() =>
            screen.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat with { Problem = new string('x', 401) }));
        await Assert.ThrowsAsync<HubException>(() =>
            screen.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat with { Camera = (CameraState)50 }));
        await Assert.ThrowsAsync<HubException>(() =>
            screen.Hub.InvokeAsync(nameof(IScreenHub.PlayEnding), new PlayEnding(null, TimeSpan.FromDays(-1))));
        await Assert.ThrowsAsync<HubException>(() => screen.Hub.InvokeAsync("NoSuchMethod", 1));
        Assert.Equal(HubConnectionState.Connected, screen.Hub.State);
    }

    [Fact]
    public async Task Message_LargerThanTheLimit_ClosesThatConnectionOnly()
    {
        var (_, token) = await RegisterAsync();
        var (_, otherToken) = await RegisterAsync();
        await using var screen = await ScreenConnection.OpenAsync(app, token);
        await using var other = await ScreenConnection.OpenAsync(app, otherToken);
        await Assert.ThrowsAnyAsync<Exception>(() => screen.Hub.InvokeAsync("NoSuchMethod", new string('x', 100_000)));
        await screen.Closed.Task.WaitAsync(Patience);
        Assert.Equal(HubConnectionState.Connected, other.Hub.State);
    }

    private async Task<(ScreenEntry Entry, string Token)> RegisterAsync()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        return (app.Services.GetRequiredService<ScreenDirectory>().Find(screen.Id)!, token);
    }

    private void See(ScreenEntry screen, Guid audience, int sequence, Segment segment)
    {
        var now = TimeProvider.System.GetUtcNow();
        app.Services.GetRequiredService<LiveAudiences>().Update(
            screen, Sample.Report(audience, sequence, now, now, AudienceState.Open, Sample.Viewer(segment, now, now)));
    }
}
