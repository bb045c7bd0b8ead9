using FaceAd.Core;

namespace FaceAd.Player.Server;

/// <summary>
/// Audience reports on their way, in memory only. While the server takes them they leave as they are. What has to wait, waits
/// without embeddings (an offline stay has no person), and a report that the next one of the same audience tells again is replaced
/// by it, so that the bounded number reaches far. Thread-safe.
/// </summary>
/// <param name="viewsMayTravel">Whether embeddings may travel to the server at all.</param>
/// <param name="limit">The most reports kept; beyond that the oldest is lost.</param>
internal sealed class WaitingReports(bool viewsMayTravel, int limit = WaitingReports.Limit)
{
    /// <summary>The most reports kept.</summary>
    public const int Limit = 600;

    readonly Lock _lock = new();
    readonly LinkedList<AudienceReport> _reports = [];
    bool _held;

    /// <summary>Reports that wait.</summary>
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

    /// <summary>Takes a report in.</summary>
    /// <returns>False when the oldest one was given up for it.</returns>
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

    /// <summary>A report was taken by the server, or never will be.</summary>
    public void Remove(AudienceReport report)
    {
        lock (_lock)
        {
            // While it was on its way, a newer one may have replaced it.
            if (ReferenceEquals(_reports.First?.Value, report)) _reports.RemoveFirst();
        }
    }

    /// <summary>The server does not take reports now.</summary>
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

    /// <summary>The server takes reports again.</summary>
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
