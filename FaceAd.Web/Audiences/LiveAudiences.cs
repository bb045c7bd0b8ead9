using System.Collections.Concurrent;
using FaceAd.Core;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Audiences;

/// <summary>Who is in view at a screen now.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="AudienceId">The open audience; null when nobody is in view.</param>
/// <param name="Viewers">Everybody in view.</param>
/// <param name="UpdatedAt">Server time of the report behind it.</param>
sealed record LiveAudience(ScreenEntry Screen, Guid? AudienceId, IReadOnlyList<PresenceReport> Viewers, DateTimeOffset UpdatedAt);

/// <summary>Some of an audience's viewers are known persons now.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="AudienceId">The audience.</param>
/// <param name="PersonOf">The person of each recognised presence.</param>
sealed record RidersRecognised(ScreenEntry Screen, Guid AudienceId, IReadOnlyDictionary<Guid, Guid> PersonOf);

/// <summary>
/// The audience in view at every screen, in memory, from the newest report. Decisions are taken from it as soon as the report is queued;
/// they do not wait for the database.
/// </summary>
sealed class LiveAudiences
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(45);
    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();
    private readonly TimeProvider _time;

    /// <summary>Follows the queue of reports.</summary>
    public LiveAudiences(ReportQueue reports, TimeProvider time, ILogger<LiveAudiences> log)
    {
        _time = time;
        (Changed, Recognised) = (new("audience in view", log), new("recognised riders", log));
        reports.Queued.Add(queued => Update(queued.Screen, queued.Report));
    }

    /// <summary>Told after an audience changed, in order for one screen.</summary>
    public Subscribers<LiveAudience> Changed { get; }

    /// <summary>Told after the commit of a report in which somebody was recognised; persons are not kept here.</summary>
    public Subscribers<RidersRecognised> Recognised { get; }

    /// <summary>The audience at a screen; null when the screen never reported one or has been silent for 45 s.</summary>
    public LiveAudience? Find(Guid screenId) =>
        _entries.GetValueOrDefault(screenId)?.Audience is { } audience && _time.GetUtcNow() - audience.UpdatedAt < Stale ? audience : null;

    /// <summary>The screens with somebody in view.</summary>
    public IEnumerable<Guid> Watched => _entries.Where(e => e.Value.Audience is { Viewers.Count: > 0 }).Select(e => e.Key);

    /// <summary>Takes a report in. One that is older than the newest known is ignored.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="report">A valid report.</param>
    public void Update(ScreenEntry screen, AudienceReport report)
    {
        var entry = _entries.GetOrAdd(screen.Id, static _ => new Entry());
        lock (entry)
        {
            var older = report.AudienceId == entry.ReportedId ? report.Sequence <= entry.Sequence : report.OpenedAt < entry.OpenedAt;
            if (older) return;
            (entry.ReportedId, entry.Sequence, entry.OpenedAt) = (report.AudienceId, report.Sequence, report.OpenedAt);
            var open = report.State == AudienceState.Open;
            // The views are persons' templates: they go on to matching and are not kept here.
            PresenceReport[] viewers = open ? [.. report.Presences.Where(p => p.InView).Select(p => p with { Views = [] })] : [];
            entry.Audience = new LiveAudience(screen, open ? report.AudienceId : null, viewers, _time.GetUtcNow());
            Changed.Tell(entry.Audience);
        }
    }

    /// <summary>Forgets who is in view at some sites: other nodes are told from now on.</summary>
    public void Drop(IReadOnlySet<Guid> sites)
    {
        foreach (var (screenId, entry) in _entries)
        {
            if (entry.Audience is { } audience && sites.Contains(audience.Screen.SiteId)) _entries.TryRemove(screenId, out _);
        }
    }

    // Guarded by itself.
    private sealed class Entry
    {
        public Guid ReportedId;
        public int Sequence;
        public DateTimeOffset OpenedAt;
        public LiveAudience? Audience;
    }
}
