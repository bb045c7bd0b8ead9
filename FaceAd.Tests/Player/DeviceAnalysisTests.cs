using FaceAd.Player;
using FaceAd.Player.Camera;
using FaceAd.Player.Server;
using FaceAd.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player;

/// <summary>Device inference with the real models, ended in the middle of its work. A mistake here ends the test host.</summary>
public sealed class DeviceAnalysisTests
{
    private const int Rounds = 50;

    [Fact]
    public async Task Stop_WhileFramesAreAnalysed_WaitsForTheRunAndNothingCrashes()
    {
        await using var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        await using var device = Create(services);
        var jpeg = await Pictures.TwoFacesAsync();
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            device.Prepare();
            await Wait.UntilAsync(() => device.IsReady, "the models are loaded");
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var analysing = Task.Run(() =>
            {
                for (var at = Sample.Noon; ; at = at.AddSeconds(1))
                {
                    using var frame = JpegFrame.Copy(jpeg, at);
                    if (!device.Observe(frame)) return;
                    begun.TrySetResult();
                }
            });
            await Task.WhenAny(begun.Task, analysing);
            await Task.Delay(random.Next(40)); // into the middle of a run
            device.Stop();
            Assert.False(device.IsReady);
            await analysing;
        }
    }

    [Fact]
    public async Task Riders_FramesShowTwo_AreKnownWithoutTheirFacesUntilTheyCannotBeSeen()
    {
        await using var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        await using var device = Create(services);
        Assert.Null(device.Riders);
        device.Prepare();
        await Wait.UntilAsync(() => device.IsReady, "the models are loaded");
        Assert.Empty(device.Riders!);
        var riders = await Pictures.RidersAsync((159, 60, 200), (52, 380, 200));
        for (var n = 0; n < 10; n++)
        {
            using var frame = JpegFrame.Copy(riders[n % 2], Sample.Noon.AddSeconds(n / 4.0));
            Assert.True(device.Observe(frame));
        }
        Assert.Equal(2, device.Riders!.Count);
        Assert.All(device.Riders, r => Assert.True(r.Presence.InView && r.Presence.Segments is not null && r.Presence.Views.Count == 0));
        device.Stop();
        Assert.Null(device.Riders);
    }

    [Fact]
    public async Task DisposeAsync_WhileTheModelsAreLoaded_WaitsForThem()
    {
        await using var services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        var device = Create(services);
        device.Prepare();
        await device.DisposeAsync();
        // Nothing is loaded afterwards: the process may exit.
        Assert.False(device.IsReady);
        Assert.Null(device.Problem);
    }

    private static DeviceAnalysis Create(ServiceProvider services)
    {
        var settings = new PlayerSettings
        {
            Server = new Uri("http://127.0.0.1:1/"),
            Token = ScreenServer.Token,
            DataFolder = "",
            ModelFolder = Support.Models.Folder,
        };
        var reports = new AudienceSender(
            settings, services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<AudienceSender>.Instance);
        return new DeviceAnalysis(settings, reports, TimeProvider.System, NullLogger<DeviceAnalysis>.Instance);
    }
}
