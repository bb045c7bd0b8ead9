using FaceAd.Core;
using FaceAd.Player;
using FaceAd.Player.Camera;
using FaceAd.Player.Clock;
using FaceAd.Tests.Player.Playback;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd.Booked;

/// <summary>A screen in a building of its own: its player, the page that this one shows, and who is in view.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="Player">The player.</param>
/// <param name="Page">The page in its Chromium.</param>
/// <param name="Cabin">Who is in view.</param>
internal sealed record BookedScreen(Screen Screen, WebApplication Player, PlayerPage Page, ReportedCabin Cabin) : IAsyncDisposable
{
    /// <summary>Registers one, and starts its player.</summary>
    /// <param name="app">The server.</param>
    public static async Task<BookedScreen> StartAsync(BookedFixture app)
    {
        var registry = app.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync($"Tower {Guid.NewGuid():N}", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        var (screen, token) = await registry.RegisterAsync(site.Id, "A", InferenceMode.Device);
        var player = new TestPlayer();
        var running = await player.StartAsync(app.Address, token);
        var page = await player.OpenPageAsync();
        await page.WatchAsync();
        var device = new DeviceClient(app, token, running.Services.GetRequiredService<PlayerSettings>().Instance);
        return new BookedScreen(screen, running, page, new ReportedCabin(device, app.Clock));
    }

    /// <summary>
    /// The player takes the time that the server's clock has just been set to, which it would else do within its next heartbeats. Its
    /// camera, if it had one, would see the cabin from then on.
    /// </summary>
    /// <param name="now">The time.</param>
    public void Learn(DateTimeOffset now)
    {
        var clock = Player.Services.GetRequiredService<ServerClock>();
        var at = clock.GetTimestamp();
        clock.Learn(at, at, now);
        var measurement = Player.Services.GetRequiredService<MeasurementLog>();
        for (var second = 0; second < 600; second++) measurement.Watched(now.AddSeconds(second));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Cabin.DisposeAsync();
        await Page.DisposeAsync();
        await Player.DisposeAsync();
    }
}
