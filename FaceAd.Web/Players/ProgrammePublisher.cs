using System.Collections.Concurrent;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>Sends every connected screen its programme, on connect and on change.</summary>
sealed class ProgrammePublisher(
    ScreenConnections connections, ScreenDirectory screens, SnapshotReader snapshots, TimeProvider time, ILogger<ProgrammePublisher> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, ScreenProgramme> _sent = new();

    /// <summary>Sends a screen its programme, whether or not it has changed.</summary>
    public void Send(Guid screenId)
    {
        if (screens.Find(screenId) is not { } screen) return;
        var programme = Compose(screen, snapshots.Current);
        _sent[screenId] = programme;
        connections.SendProgramme(screenId, programme);
    }

    /// <summary>
    /// The programme a screen must have cached now: the house loop, and every campaign that may run at its site within two days.
    /// </summary>
    /// <param name="screen">The screen.</param>
    /// <param name="snapshot">Campaigns and house loop.</param>
    public static ScreenProgramme Compose(ScreenEntry screen, DecisionSnapshot snapshot)
    {
        var campaigns = snapshot.Campaigns.Where(c => Targeting.RunsAt(c.SiteIds, screen.SiteId));
        return new ScreenProgramme
        {
            ScreenName = $"{screen.SiteName} · {screen.Name}",
            Mode = screen.Mode,
            Measurement = screen.Measurement,
            Notice = string.IsNullOrWhiteSpace(screen.Notice) ? Site.DefaultNotice : screen.Notice,
            Creatives = [.. snapshot.HouseLoop.Concat(campaigns.SelectMany(c => c.Creatives))
                .Select(c => new CreativeFile(c.Id, c.Sha256, c.Bytes, c.Seconds, c.Name))],
            HouseLoop = [.. snapshot.HouseLoop.Select(c => c.Id)],
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                RunCycle();
            }
            catch (Exception exception)
            {
                log.LogError(exception, "Could not send the programmes");
            }
        }
    }

    internal void RunCycle()
    {
        foreach (var screenId in connections.Connected)
        {
            if (screens.Find(screenId) is not { } screen) continue;
            var programme = Compose(screen, snapshots.Current);
            if (_sent.TryGetValue(screenId, out var sent) && Same(sent, programme)) continue;
            _sent[screenId] = programme;
            connections.SendProgramme(screenId, programme);
            log.LogInformation("Programme of screen {ScreenId} changed: {Creatives} creatives", screenId, programme.Creatives.Count);
        }
    }

    private static bool Same(ScreenProgramme one, ScreenProgramme other) =>
        (one.ScreenName, one.Mode, one.Measurement, one.Notice) == (other.ScreenName, other.Mode, other.Measurement, other.Notice)
        && one.Creatives.SequenceEqual(other.Creatives) && one.HouseLoop.SequenceEqual(other.HouseLoop);
}
