using System.Device.Gpio;
using System.Device.I2c;
using System.Net;
using FaceAd.Core;
using FaceAd.Player.Camera;
using FaceAd.Player.Clock;
using FaceAd.Player.Outbox;
using FaceAd.Player.Playback;
using FaceAd.Player.Sensors;
using FaceAd.Player.Server;

namespace FaceAd.Player;

/// <summary>Registers the services of each stage. Workers stop in reverse order, so the outbox stops last.</summary>
static class Features
{
    public static IServiceCollection AddClock(this IServiceCollection services, PlayerSettings settings, TimeProvider machine) => services
        .AddSingleton(new ServerClock(machine, ServerClock.ReadBoot(), Path.Combine(settings.DataFolder, "clock.json")))
        .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<ServerClock>());

    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PlaySigner(
            provider.GetRequiredService<PlayerSettings>().DataFolder,
            () => provider.GetRequiredService<ProgrammeStore>().Current?.ScreenId, provider.GetRequiredService<ILogger<PlaySigner>>()));
        services.AddSingleton(provider => new PlayOutbox(
            provider.GetRequiredService<PlayerSettings>().OutboxFolder, provider.GetRequiredService<PlaySigner>(),
            provider.GetRequiredService<ILogger<PlayOutbox>>(), clock: provider.GetRequiredService<ServerClock>()));
        return services.AddWorker<OutboxWorker>();
    }

    public static IServiceCollection AddSensors(this IServiceCollection services)
    {
        services.AddSingleton(new SensorWires(() => new GpioController(), I2cDevice.Create));
        services.AddSingleton(_ => CpuHeat.OfThisMachine()).AddSingleton<CabinOccupancy>();
        return services.AddWorker<SensorWorker>();
    }

    public static IServiceCollection AddCamera(this IServiceCollection services)
    {
        services.AddSingleton<MeasurementLog>();
        return services.AddWorker<CameraWorker>();
    }

    public static IServiceCollection AddPlayback(this IServiceCollection services, IPEndPoint page)
    {
        services.AddSingleton(provider => new CreativeCache(provider.GetRequiredService<PlayerSettings>().CacheFolder));
        services.AddSingleton<RenderToken>().AddSingleton<PageSockets>().AddSingleton(page);
        services.AddSingleton(provider =>
        {
            var (device, status) = (provider.GetRequiredService<DeviceAnalysis>(), provider.GetRequiredService<PlayerStatus>());
            return new OfflineAds(
                provider.GetRequiredService<PlayerSettings>().DataFolder, provider.GetRequiredService<ServerClock>(),
                () => status.Camera.State == CameraState.Running ? device.Riders : null,
                provider.GetRequiredService<ILogger<OfflineAds>>());
        });
        return services.AddWorker<PlaybackWorker>().AddWorker<CacheWorker>().AddWorker<Browser>();
    }

    public static IServiceCollection AddServer(this IServiceCollection services)
    {
        services.AddSingleton<ScreenClient>().AddSingleton<DeviceAnalysis>();
        return services.AddWorker<ServerLink>().AddWorker<AudienceSender>().AddWorker<FrameSender>();
    }

    static IServiceCollection AddWorker<T>(this IServiceCollection services) where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
