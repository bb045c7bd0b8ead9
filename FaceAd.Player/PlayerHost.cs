using System.Net;
using FaceAd.Player.Playback;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FaceAd.Player;

/// <summary>Builds the player, for production and tests alike.</summary>
static class PlayerHost
{
    /// <summary>Shutdown limit after SIGTERM.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Builds the player, its port open already. The caller may extend its logging and services, and replace the machine's clock.
    /// </summary>
    /// <exception cref="SettingsException">The port cannot be used.</exception>
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
        var socket = settings.Listen();
        var address = (IPEndPoint)socket.LocalEndPoint!;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address);
            kestrel.AddServerHeader = false;
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => socket);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(settings.Log)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        LimitedConsole.Use(builder.Logging);
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
            .AddPlayback(address)
            .AddServer();
        Watchdog.Add(builder.Services);
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.MapPage();
        return app;
    }
}
