using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Players;

/// <summary>How the camera of a screen hangs that analyses its frames itself.</summary>
public sealed class CameraHintsTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Beat_CameraHangsTurnedBeforeAPoster_TheBoardKnowsUntilItIsPutRight()
    {
        var (screen, token) = await app.Registry.RegisterAsync(app.Server.Screen.SiteId, "Turned", InferenceMode.Device);
        await app.Services.GetRequiredService<ScreenDirectory>().RefreshAsync();
        await using var player = await ScreenConnection.OpenAsync(app, token);
        foreach (var hints in new[] { new CameraHints(true, 270), default })
        {
            var beat = Sample.Beat() with { Hints = hints, Analysing = InferenceMode.Device };
            await player.Hub.InvokeAsync<HeartbeatReply>(nameof(IScreenHub.Beat), beat);
            Assert.Equal(hints, Now(screen.Id).Hints);
        }
    }

    [Theory]
    [InlineData(45)]
    [InlineData(-90)]
    [InlineData(360)]
    public async Task Beat_NoTurnOfACamera_IsRefused(int turn)
    {
        var (_, token) = await app.Registry.RegisterAsync(app.Server.Screen.SiteId, $"Turned by {turn}", InferenceMode.Device);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        await Assert.ThrowsAsync<HubException>(() => player.Hub.InvokeAsync<HeartbeatReply>(
            nameof(IScreenHub.Beat), Sample.Beat() with { Hints = new(false, turn) }));
    }

    private ScreenNow Now(Guid screen) => app.Services.GetRequiredService<ScreenBoard>().Now(
        [app.Services.GetRequiredService<ScreenDirectory>().Find(screen)!])[0];
}
