using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Players;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

/// <summary>What a heartbeat may say of its machine's clock, and where it goes.</summary>
public sealed class HeartbeatClockTests(SteppedClockFixture app) : IClassFixture<SteppedClockFixture>
{
    private static Heartbeat Beat(double? ahead, double? drift) =>
        Sample.Beat() with { ClockAheadMilliseconds = ahead, ClockDriftPartsPerMillion = drift };

    [Fact]
    public async Task Beat_ServersClockIsSetBack_IsStoredAllTheSame()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        var writer = app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<HeartbeatWriter>().Single();
        await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(1, null));
        await writer.RunCycleAsync(default);
        app.Ahead = TimeSpan.FromHours(-1);
        try
        {
            await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(2, null));
            await writer.RunCycleAsync(default);
        }
        finally
        {
            app.Ahead = TimeSpan.Zero;
        }
        await using var db = app.NewContext();
        Assert.Equal(2, (await db.Screens.AsNoTracking().SingleAsync(s => s.Id == screen.Id)).ClockOffsetMilliseconds);
    }

    [Fact]
    public async Task Beat_AfterAWhileWithoutAny_TheGapIsStoredWithIt()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        var writer = app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<HeartbeatWriter>().Single();
        try
        {
            // Registered, first heard a minute later, heard again soon, and after an hour.
            foreach (var seconds in new[] { 60, 61, 3661 })
            {
                app.Ahead = TimeSpan.FromSeconds(seconds);
                await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(1, null));
                await writer.RunCycleAsync(default);
            }
        }
        finally
        {
            app.Ahead = TimeSpan.Zero;
        }
        await using var db = app.NewContext();
        var row = await db.Screens.AsNoTracking().SingleAsync(s => s.Id == screen.Id);
        var gaps = await db.Set<ScreenGap>().AsNoTracking().Where(g => g.ScreenId == screen.Id).OrderBy(g => g.Since).ToListAsync();
        Assert.Equal(2, gaps.Count);
        Assert.Equal((row.CreatedAt, row.LastSeenAt), (gaps[0].Since, gaps[1].Until));
        Assert.InRange(gaps[1].Until - gaps[1].Since, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task Beat_ClockSaid_IsStoredAndShown()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(-10_800_040, 35.4));
        await app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<HeartbeatWriter>().Single()
            .RunCycleAsync(default);
        await using var db = app.NewContext();
        var row = await db.Screens.AsNoTracking().SingleAsync(s => s.Id == screen.Id);
        Assert.Equal((-10_800_040, 35.4), (row.ClockOffsetMilliseconds, row.ClockDriftPartsPerMillion));
        var now = app.Services.GetRequiredService<ScreenBoard>().Now().Single(s => s.ScreenId == screen.Id);
        Assert.Equal((TimeSpan.FromHours(-3), 35.0), (now.ClockAhead, now.ClockDrift));
    }

    [Theory]
    [InlineData(1e15, null)]
    [InlineData(-1e15, null)]
    [InlineData(null, 1e9)]
    [InlineData(null, -1e9)]
    public async Task Beat_ClockBeyondAllBounds_IsRefused(double? ahead, double? drift)
    {
        await using var player = await ScreenConnection.OpenAsync(app, app.Server.Token);
        await Assert.ThrowsAsync<HubException>(() => player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), Beat(ahead, drift)));
        Assert.Null(app.Services.GetRequiredService<ScreenConnections>().LastBeat(app.Server.Screen.Id));
    }
}
