using System.Net.Sockets;
using FaceAd.Web.Cluster;
using FaceAd.Web.Decisions;
using FaceAd.Web.Players;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Console;

namespace FaceAd.Web.Operations;

/// <summary>
/// Tells systemd that the app is alive, as long as it is: its thread pool answers, or this loop would not go on, and its own loops go
/// round. A database that is away stops none of them. When systemd hears nothing for WatchdogSec, it kills the app and starts it again.
/// </summary>
sealed class Watchdog(
    SnapshotReader snapshots, ProgrammePublisher programmes, SiteOwnership ownership, ISystemdNotifier systemd,
    IConfiguration configuration, TimeProvider time, ILogger<Watchdog> log) : BackgroundService
{
    private const string Patience = "WATCHDOG_USEC"; // set by systemd, in microseconds

    // Longer than statements and connections to a database that does not answer may take, one after the other.
    private static readonly TimeSpan WithDatabase = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan InMemory = TimeSpan.FromSeconds(30);
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>Registers what systemd wants of this process; nothing when it was not started by systemd.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["NOTIFY_SOCKET"])) return;
        // Not AddSystemd: it looks for its parent in /proc, where the unit's ProtectProc hides it.
        services.AddSingleton<ISystemdNotifier, SystemdNotifier>().AddSingleton<IHostLifetime, SystemdLifetime>();
        services.Configure<ConsoleLoggerOptions>(options => options.FormatterName = ConsoleFormatterNames.Systemd);
        if (configuration.GetValue(Patience, 0L) > 0) services.AddHostedService<Watchdog>();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Three times within its patience: a late one is no death sentence.
        using var timer = new PeriodicTimer(TimeSpan.FromMicroseconds(configuration.GetValue(Patience, 0L) / 3), time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) RunCycle();
    }

    internal void RunCycle()
    {
        if (FindStill() is { } still)
        {
            log.LogCritical("{Loop} stands still: systemd is not told that the app is alive, and will start it again", still);
            return;
        }
        try
        {
            systemd.Notify(new ServiceState("WATCHDOG=1"));
        }
        catch (SocketException exception)
        {
            log.LogWarning("systemd could not be told that the app is alive ({Reason})", exception.Message);
        }
    }

    private string? FindStill()
    {
        (string Name, long LastRound, TimeSpan Most)[] loops =
        [
            ("The reading of campaigns", snapshots.LastRound, WithDatabase),
            ("The sending of programmes", programmes.LastRound, InMemory),
            ("The ownership of sites", ownership.LastRound, WithDatabase),
        ];
        return Array.Find(loops, loop => time.GetElapsedTime(Math.Max(loop.LastRound, _startedAt)) > loop.Most).Name;
    }
}
