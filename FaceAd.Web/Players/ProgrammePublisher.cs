using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Players;

/// <summary>
/// Sends every connected screen its programme, on connect and on change. A round costs what has changed: the screens of sites whose
/// creatives have, and all of them when screens or sites were changed.
/// </summary>
sealed class ProgrammePublisher(
    ScreenConnections connections, ScreenDirectory screens, SnapshotReader snapshots, TimeProvider time, ILogger<ProgrammePublisher> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Guards what follows. A programme is composed and sent under it, so that an older one never comes after a newer one.
    private readonly Lock _lock = new();
    private readonly SiteCreatives _creatives = new();
    private readonly Dictionary<Guid, Sent> _sent = [];
    private readonly HashSet<Guid> _touched = []; // sites, since the last round
    private bool _all = true; // likewise: every screen is to be looked at
    private IDisposable? _watching;
    private long _lastRound;

    /// <summary>When its loop last went round: a timestamp of the clock; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>Sends a screen its programme, whether or not it has changed.</summary>
    public void Send(Guid screenId)
    {
        if (screens.Find(screenId) is not { } screen) return;
        lock (_lock)
        {
            Follow();
            Send(screen, _creatives.Of(screen.SiteId));
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = screens.Changed.Add(_ => LookAtAll());
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _watching?.Dispose();
        return base.StopAsync(cancellationToken);
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
                LookAtAll(); // some may not have been sent theirs
                log.LogError(exception, "Could not send the programmes");
            }
        }
    }

    /// <summary>Sends what has changed.</summary>
    /// <returns>To how many screens.</returns>
    internal int RunCycle()
    {
        HashSet<Guid>? sites;
        lock (_lock)
        {
            Follow();
            if (!_all && _touched.Count == 0) return 0;
            sites = _all ? null : [.. _touched];
            _touched.Clear();
            _all = false;
            // A screen that is away gets its programme when it connects.
            foreach (var away in _sent.Keys.Where(id => sites is null && !connections.IsConnected(id)).ToList()) _sent.Remove(away);
        }
        var changed = 0;
        foreach (var screenId in connections.Connected)
        {
            if (screens.Find(screenId) is { } screen && sites?.Contains(screen.SiteId) != false && SendIfChanged(screen)) changed++;
        }
        if (changed > 0) log.LogInformation("The programmes of {Count} screens have changed", changed);
        return changed;
    }

    // One screen at a time, so that those that connect meanwhile do not wait for all of them.
    private bool SendIfChanged(ScreenEntry screen)
    {
        lock (_lock)
        {
            var creatives = _creatives.Of(screen.SiteId);
            if (_sent.TryGetValue(screen.Id, out var sent) && sent.Screen == screen && (ReferenceEquals(sent.Creatives, creatives)
                || (ReferenceEquals(sent.HouseLoop, _creatives.HouseLoop) && sent.Creatives.SequenceEqual(creatives)))) return false;
            Send(screen, creatives);
        }
        log.LogDebug("The programme of screen {ScreenId} has changed", screen.Id);
        return true;
    }

    private void Send(ScreenEntry screen, IReadOnlyList<CreativeFile> creatives)
    {
        _sent[screen.Id] = new Sent(screen, creatives, _creatives.HouseLoop);
        connections.SendProgramme(screen.Id, new ScreenProgramme
        {
            ScreenId = screen.Id,
            ScreenName = $"{screen.SiteName} · {screen.Name}",
            Mode = screen.Mode,
            Measurement = screen.Measurement,
            Notice = StorableText.IsBlank(screen.Notice) ? Site.DefaultNotice : screen.Notice,
            Creatives = creatives,
            HouseLoop = [.. _creatives.HouseLoop.Select(c => c.CreativeId)],
        });
    }

    private void LookAtAll()
    {
        lock (_lock) _all = true;
    }

    private void Follow()
    {
        if (_creatives.Follow(snapshots.Current) is { } touched) _touched.UnionWith(touched);
        else _all = true;
    }

    /// <summary>What a screen was sent.</summary>
    private sealed record Sent(ScreenEntry Screen, IReadOnlyList<CreativeFile> Creatives, IReadOnlyList<CreativeFile> HouseLoop);
}
