using System.Collections.Concurrent;
using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Metrics;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Delivery;

/// <summary>When each stage of the loop first happened since this server started; null before.</summary>
/// <param name="WebReadyAt">The server was ready.</param>
/// <param name="FaceSeenAt">A face was seen at a screen.</param>
/// <param name="TargetedDecisionAt">A campaign was chosen for viewers.</param>
/// <param name="TargetedPlayReportedAt">A campaign's play was reported.</param>
/// <param name="ExposureCountedAt">A person counted in the Reach of a campaign.</param>
/// <param name="Reach">The campaign of that exposure.</param>
sealed record Loop(
    DateTimeOffset WebReadyAt, DateTimeOffset? FaceSeenAt, DateTimeOffset? TargetedDecisionAt, DateTimeOffset? TargetedPlayReportedAt,
    DateTimeOffset? ExposureCountedAt, LoopReach? Reach);

/// <summary>Reach of one campaign, exact.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Reached">Unique target people exposed.</param>
/// <param name="Universe">Unique target people seen.</param>
sealed record LoopReach(Guid Campaign, int Reached, int Universe);

/// <summary>Tracks the loop from the first face to the first counted exposure, in memory.</summary>
sealed class LoopStatus(
    LiveAudiences audiences, DecisionEngine decisions, PlayIntake plays, ExposureWorker exposures, MetricsReader metrics,
    IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
    : IHostedService
{
    private readonly ConcurrentQueue<Guid> _exposed = new();
    private IDisposable[] _watching = [];
    private Loop _loop = new(time.GetUtcNow(), null, null, null, null, null);

    private DateTimeOffset Now => time.GetUtcNow();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = [
            audiences.Changed.Add(audience =>
            {
                if (audience.Viewers.Count > 0) Note(l => l.FaceSeenAt is null ? l with { FaceSeenAt = Now } : l);
            }),
            decisions.Made.Add(made =>
            {
                if (made.Decision.CampaignId is not null) Note(l => l.TargetedDecisionAt is null ? l with { TargetedDecisionAt = Now } : l);
            }),
            plays.Committed.Add(committed =>
            {
                if (committed.Any(p => p.CampaignId is not null))
                    Note(l => l.TargetedPlayReportedAt is null ? l with { TargetedPlayReportedAt = Now } : l);
            }),
            exposures.Committed.Add(campaigns =>
            {
                if (_loop.ExposureCountedAt is not null) return;
                foreach (var campaign in campaigns) _exposed.Enqueue(campaign);
            }),
        ];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in _watching) subscription.Dispose();
        return Task.CompletedTask;
    }

    public async Task<Loop> ReadAsync(CancellationToken cancellation)
    {
        while (_loop.ExposureCountedAt is null && _exposed.TryDequeue(out var campaign))
        {
            if (!await IsReachedAsync(campaign, cancellation)) continue;
            var figures = await metrics.ReadAsync(campaign, cancellation);
            Note(l => l with { ExposureCountedAt = Now, Reach = new LoopReach(campaign, figures.Reached, figures.Universe) });
        }
        return _loop;
    }

    // Since the start: the campaign may have reached people long before.
    private async Task<bool> IsReachedAsync(Guid campaign, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var since = _loop.WebReadyAt;
        return await db.Set<PersonDay>().AnyAsync(
            d => d.CampaignId == campaign && d.Segment != Segment.Unknown && d.FirstAt >= since, cancellation);
    }

    private void Note(Func<Loop, Loop> change)
    {
        Loop before;
        do before = _loop;
        while (Interlocked.CompareExchange(ref _loop, change(before), before) != before);
    }
}
