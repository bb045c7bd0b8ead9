using System.Diagnostics.Metrics;
using System.Net;
using System.Threading.Channels;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Frames;

/// <summary>Server inference with a sensor in the cabin.</summary>
public sealed class CabinEmptiedTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    [Fact]
    public async Task Frames_SensorSawThemLeave_TheAudienceEndsWithoutWaiting()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        await using var player = await ScreenConnection.OpenAsync(app, token);
        using var client = new DeviceClient(app, token);
        var (one, empty) = (await Pictures.RidersAsync((14, 60, 200)), await Pictures.CabinAsync());
        Assert.False(await Wait.NextAsync(player.Sampling.Reader)); // told on connect
        var now = TimeProvider.System.GetUtcNow();
        var analysed = Channel.CreateUnbounded<bool>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (tags.ToArray().Contains(new("stage", "detect"))) analysed.Writer.TryWrite(true);
        });
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == "facead.frames.stage") own.EnableMeasurementEvents(instrument);
        };
        listener.Start();

        await SendAsync(one[0], -0.4, emptied: false);
        await SendAsync(one[1], -0.2, emptied: false);
        await SendAsync(one[0], 0, emptied: false);
        Assert.True(await Wait.NextAsync(player.Sampling.Reader));
        await SendAsync(empty, 0.5, emptied: true);
        await SendAsync(empty, 1, emptied: true);
        Assert.False(await Wait.NextAsync(player.Sampling.Reader));

        async Task SendAsync(byte[] jpeg, double seconds, bool emptied)
        {
            Assert.Equal(HttpStatusCode.Accepted,
                (await client.SendFrameAsync(jpeg, capturedAt: now.AddSeconds(seconds).ToString("O"), emptied: emptied)).StatusCode);
            // Otherwise the next one would replace it.
            await Wait.NextAsync(analysed.Reader);
        }
    }
}
