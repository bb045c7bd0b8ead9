using System.Collections.Concurrent;
using FaceAd.Web.Audiences;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Plays;

namespace FaceAd.Web.Metrics;

/// <summary>When each stage of the loop first happened since this server started; null before.</summary>
/// <param name="WebReadyAt">The server was ready.</param>
/// <param name="FaceSeenAt">A face was seen at a screen.</param>
/// <param name="TargetedDecisionAt">A campaign was chosen for viewers.</param>
/// <param name="TargetedPlayReportedAt">A campaign's play was reported.</param>
/// <param name="ExposureCountedAt">A person counted in the Reach of a campaign.</param>
/// <param name="Reach">The campaign of that exposure.</param>
public sealed record Loop(
    DateTimeOffset WebReadyAt, DateTimeOffset? FaceSeenAt, DateTimeOffset? TargetedDecisionAt, DateTimeOffset? TargetedPlayReportedAt,
    DateTimeOffset? ExposureCountedAt, LoopReach? Reach);

/// <summary>Reach of one campaign, exact.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Reached">Unique target people exposed.</param>
/// <param name="Universe">Unique target people seen.</param>
public sealed record LoopReach(Guid Campaign, int Reached, int Universe);

/// <summary>Tracks the loop from the first face to the first counted exposure, in memory.</summary>
sealed class LoopStatus
{
    private readonly ConcurrentQueue<Guid> _exposed = new();
    private readonly MetricsReader _metrics;
    private readonly TimeProvider _time;
    private Loop _loop;

    public LoopStatus(
        LiveAudiences audiences, DecisionEngine decisions, PlayIntake plays, ExposureWorker exposures, MetricsReader metrics, TimeProvider time)
    {
        (_metrics, _time) = (metrics, time);
        _loop = new Loop(time.GetUtcNow(), null, null, null, null, null);
        audiences.Changed += audience =>
        {
            if (audience.Viewers.Count > 0) Note(l => l.FaceSeenAt is null ? l with { FaceSeenAt = Now } : l);
        };
        decisions.Made += made =>
        {
            if (made.Decision.CampaignId is not null) Note(l => l.TargetedDecisionAt is null ? l with { TargetedDecisionAt = Now } : l);
        };
        plays.Committed += committed =>
        {
            if (committed.Any(p => p.CampaignId is not null)) Note(l => l.TargetedPlayReportedAt is null ? l with { TargetedPlayReportedAt = Now } : l);
        };
        exposures.Committed += campaigns =>
        {
            if (_loop.ExposureCountedAt is not null) return;
            foreach (var campaign in campaigns) _exposed.Enqueue(campaign);
        };
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    public async Task<Loop> ReadAsync(CancellationToken cancellation)
    {
        while (_loop.ExposureCountedAt is null && _exposed.TryDequeue(out var campaign))
        {
            var metrics = await _metrics.ReadAsync(campaign, cancellation);
            if (metrics.Reached > 0)
                Note(l => l with { ExposureCountedAt = Now, Reach = new LoopReach(campaign, metrics.Reached, metrics.Universe) });
        }
        return _loop;
    }

    private void Note(Func<Loop, Loop> change)
    {
        Loop before;
        do before = _loop;
        while (Interlocked.CompareExchange(ref _loop, change(before), before) != before);
    }
}
