using System.Collections.Concurrent;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>
/// Sends every connected screen its programme, on connect and on change. A programme is composed when its screen, or the creatives there
/// are, have changed: campaigns times screens is too much to compose every second.
/// </summary>
sealed class ProgrammePublisher(
    ScreenConnections connections, ScreenDirectory screens, SnapshotReader snapshots, TimeProvider time, ILogger<ProgrammePublisher> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Guid, Sent> _sent = new();
    private volatile Edition _edition = new(DecisionSnapshot.Empty, 1);
    private long _lastRound;

    /// <summary>When its loop last went round: a timestamp of the clock; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>Sends a screen its programme, whether or not it has changed.</summary>
    public void Send(Guid screenId)
    {
        if (screens.Find(screenId) is not { } screen) return;
        var (edition, snapshot) = (_edition, snapshots.Current);
        var programme = Compose(screen, snapshot);
        // A snapshot that is no edition yet: the next cycle composes again.
        _sent[screenId] = new Sent(screen, ReferenceEquals(edition.Snapshot, snapshot) ? edition.Number : 0, programme);
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
            Creatives = [.. Files(snapshot.HouseLoop.Concat(campaigns.SelectMany(c => c.Creatives)))],
            HouseLoop = [.. snapshot.HouseLoop.Select(c => c.Id)],
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
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

    /// <summary>Sends what has changed.</summary>
    /// <returns>How many programmes were composed.</returns>
    internal int RunCycle()
    {
        var edition = Renew();
        var (composed, changed) = (0, 0);
        foreach (var screenId in connections.Connected)
        {
            if (screens.Find(screenId) is not { } screen) continue;
            var sent = _sent.GetValueOrDefault(screenId);
            if (sent is not null && sent.Edition == edition.Number && sent.Screen == screen) continue;
            var programme = Compose(screen, edition.Snapshot);
            composed++;
            _sent[screenId] = new Sent(screen, edition.Number, programme);
            if (sent is not null && Same(sent.Programme, programme)) continue;
            connections.SendProgramme(screenId, programme);
            log.LogDebug("Programme of screen {ScreenId} changed: {Creatives} creatives", screenId, programme.Creatives.Count);
            changed++;
        }
        if (changed > 0) log.LogInformation("The programmes of {Count} screens have changed", changed);
        return composed;
    }

    // Snapshots come every second, and nearly always with the same creatives at the same sites.
    private Edition Renew()
    {
        var (edition, snapshot) = (_edition, snapshots.Current);
        if (ReferenceEquals(edition.Snapshot, snapshot)) return edition;
        var number = SameCreatives(edition.Snapshot, snapshot) ? edition.Number : edition.Number + 1;
        return _edition = new Edition(snapshot, number);
    }

    private static bool SameCreatives(DecisionSnapshot one, DecisionSnapshot other) =>
        Files(one.HouseLoop).SequenceEqual(Files(other.HouseLoop)) && one.Campaigns.Count == other.Campaigns.Count
        && one.Campaigns.Zip(other.Campaigns).All(pair => pair.First.SiteIds.SequenceEqual(pair.Second.SiteIds)
            && Files(pair.First.Creatives).SequenceEqual(Files(pair.Second.Creatives)));

    private static IEnumerable<CreativeFile> Files(IEnumerable<SnapshotCreative> creatives) =>
        creatives.Select(c => new CreativeFile(c.Id, c.Sha256, c.Bytes, c.Seconds, c.Name));

    private static bool Same(ScreenProgramme one, ScreenProgramme other) =>
        (one.ScreenName, one.Mode, one.Measurement, one.Notice) == (other.ScreenName, other.Mode, other.Measurement, other.Notice)
        && one.Creatives.SequenceEqual(other.Creatives) && one.HouseLoop.SequenceEqual(other.HouseLoop);

    /// <summary>The newest snapshot, and the number of those with its creatives at its sites; from 1.</summary>
    private sealed record Edition(DecisionSnapshot Snapshot, int Number);

    /// <summary>
    /// What a screen was sent, and of what it was composed: the screen, and an edition's number; 0 when that is not known.
    /// </summary>
    private sealed record Sent(ScreenEntry Screen, int Edition, ScreenProgramme Programme);
}
