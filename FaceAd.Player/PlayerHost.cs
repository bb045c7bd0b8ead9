using System.Net;
using FaceAd.Player.Playback;

namespace FaceAd.Player;

/// <summary>Builds the player, for production and tests alike.</summary>
static class PlayerHost
{
    /// <summary>Shutdown limit after SIGTERM.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(4);

    /// <summary>Builds the player. The caller may extend its logging and services, and replace the machine's clock.</summary>
    public static WebApplication Build(
        PlayerSettings settings, Action<ILoggingBuilder>? logging = null, TimeProvider? machine = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "FaceAd.Player",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            var address = settings.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(settings.Host);
            kestrel.Listen(address, settings.Port);
            kestrel.AddServerHeader = false;
        });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(settings.Log)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        logging?.Invoke(builder.Logging);
        builder.Services
            .AddRouting()
            .AddSingleton(settings)
            .AddClock(settings, machine ?? TimeProvider.System)
            .AddSingleton<ChildProcesses>()
            .AddSingleton<ProgrammeStore>()
            .AddSingleton<PlayerStatus>()
            .AddServerClient(settings)
            .AddOutbox()
            .AddSensors()
            .AddCamera()
            .AddPlayback()
            .AddServer();
        Watchdog.Add(builder.Services);
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapPage();
        return app;
    }
}
