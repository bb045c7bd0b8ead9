using System.Globalization;
using System.Net.Sockets;
using FaceAd.Player.Playback;
using FaceAd.Player.Server;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;

namespace FaceAd.Player;

/// <summary>
/// Tells systemd that the player is alive, as long as playback and the way of frames go round. When systemd hears nothing for WatchdogSec,
/// it kills the player and starts it again.
/// </summary>
sealed class Watchdog(
    TimeSpan patience, PlaybackWorker playback, FrameSender frames, ISystemdNotifier systemd, TimeProvider time, ILogger<Watchdog> log)
    : BackgroundService
{
    static readonly TimeSpan MostBetweenRounds = TimeSpan.FromSeconds(30);

    readonly long _startedAt = time.GetTimestamp();

    /// <summary>Registers what systemd wants of this process; nothing when it was not started by systemd.</summary>
    public static void Add(IServiceCollection services)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"))) return;
        // Not AddSystemd: it looks for its parent in /proc, where a unit's ProtectProc hides it.
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddSingleton<IHostLifetime, SystemdLifetime>();
        services.Configure<ConsoleLoggerOptions>(options => options.FormatterName = ConsoleFormatterNames.Systemd);
        if (Patience() is { } patience)
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Watchdog>(provider, patience));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Three times within its patience: a late one is no death sentence.
        using var timer = new PeriodicTimer(patience / 3, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) RunCycle();
    }

    internal void RunCycle()
    {
        var still = StandsStill(playback.LastRound) ? "Playback" : StandsStill(frames.LastRound) ? "The way of frames" : null;
        if (still is not null)
        {
            log.LogCritical("{Loop} stands still: systemd is not told that the player is alive, and will start it again.", still);
            return;
        }
        try
        {
            systemd.Notify(new ServiceState("WATCHDOG=1"));
        }
        catch (SocketException e)
        {
            log.LogWarning("systemd could not be told that the player is alive: {Reason}", e.Message);
        }
    }

    bool StandsStill(long lastRound) => time.GetElapsedTime(Math.Max(lastRound, _startedAt)) > MostBetweenRounds;

    static TimeSpan? Patience()
    {
        var text = Environment.GetEnvironmentVariable("WATCHDOG_USEC");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds) : null;
    }
}
