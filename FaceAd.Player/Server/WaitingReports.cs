using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Queue of audience reports, in memory only. While the server accepts them they are sent as they are. Held reports lose their
/// embeddings (offline presence has no person), and a report that the next one of the same audience supersedes is replaced by it,
/// so that the bounded queue covers a long outage. Thread-safe.
/// </summary>
/// <param name="viewsMayTravel">Whether embeddings may be sent to the server at all.</param>
/// <param name="limit">Maximum number of reports kept; beyond that the oldest is dropped.</param>
sealed class WaitingReports(bool viewsMayTravel, int limit = WaitingReports.Limit)
{
    /// <summary>Default maximum number of reports kept.</summary>
    public const int Limit = 600;

    readonly Lock _lock = new();
    readonly LinkedList<AudienceReport> _reports = [];
    bool _held;

    /// <summary>Number of waiting reports.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _reports.Count;
        }
    }

    /// <summary>The next report to deliver; null when there is none.</summary>
    public AudienceReport? Oldest
    {
        get
        {
            lock (_lock) return _reports.First?.Value;
        }
    }

    /// <summary>Queues a report.</summary>
    /// <returns>False when the oldest report was dropped for it.</returns>
    public bool Add(AudienceReport report)
    {
        lock (_lock)
        {
            Append(_held || !viewsMayTravel ? WithoutViews(report) : report);
            if (_reports.Count <= limit) return true;
            _reports.RemoveFirst();
            return false;
        }
    }

    /// <summary>Removes a report that the server has accepted or never will.</summary>
    public void Remove(AudienceReport report)
    {
        lock (_lock)
        {
            // A newer report may have replaced it while it was being sent.
            if (ReferenceEquals(_reports.First?.Value, report)) _reports.RemoveFirst();
        }
    }

    /// <summary>Holds reports, because the server does not accept them now.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held = true;
            var all = _reports.ToArray();
            _reports.Clear();
            foreach (var report in all) Append(WithoutViews(report));
        }
    }

    /// <summary>Stops holding reports, because the server accepts them again.</summary>
    public void Release()
    {
        lock (_lock) _held = false;
    }

    static AudienceReport WithoutViews(AudienceReport report) => report.Presences.All(p => p.Views.Count == 0)
        ? report
        : report with { Presences = [.. report.Presences.Select(p => p with { Views = [] })] };

    void Append(AudienceReport report)
    {
        if (_held && _reports.Last is { } last && IsToldAgain(last.Value, report)) last.Value = report;
        else _reports.AddLast(report);
    }

    static bool IsToldAgain(AudienceReport report, AudienceReport next) =>
        report.AudienceId == next.AudienceId && report.Sequence < next.Sequence
        && report.Presences.All(p => p.Views.Count == 0 && next.Presences.Any(n => n.PresenceId == p.PresenceId));
}
