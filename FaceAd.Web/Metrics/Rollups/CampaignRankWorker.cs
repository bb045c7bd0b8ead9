using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Metrics.Rollups;

/// <summary>
/// Keeps what lists of campaigns are sorted by (<see cref="CampaignRank"/>) up to date: within half a minute after plays and changes while
/// fewer than <see cref="MostOfACycle"/> campaigns have any, the oldest first otherwise. One node at a time writes them.
/// </summary>
sealed class CampaignRankWorker(
    IDbContextFactory<FaceAdDbContext> contexts, MetricsReader metrics, TimeProvider time, ILogger<CampaignRankWorker> log)
    : BackgroundService
{
    /// <summary>The most campaigns of half a minute: at 10,000 running ones, each has its turn every five minutes.</summary>
    public const int MostOfACycle = 1000;

    private const int Batch = 100;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // Cost and universe grow without plays, too; what has ended is looked at once a day, should its past have been corrected.
    private static readonly TimeSpan Running = TimeSpan.FromMinutes(5), Ended = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                for (var done = 0; done < MostOfACycle && await RunBatchAsync(stoppingToken) == Batch; done += Batch) { }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not compute what campaign lists are sorted by ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Computes the figures of those that have waited longest.</summary>
    /// <returns>How many; 0 also while another node writes.</returns>
    internal async Task<int> RunBatchAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (running, ended, yesterday) = (now - Running, now - Ended, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1));
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var due = await db.Campaigns.AsNoTracking()
            .Where(CampaignSteps.ListedForMediaOwner)
            .Where(c => c.Total != null && (c.Rank == null || c.Rank.ComputedAt < ended
                || (c.Rank.ComputedAt < running && c.EndsOn >= yesterday)
                || c.Rank.Version != c.Version || c.Rank.Plays != c.Total.Plays || c.Rank.Impressions != c.Total.Impressions))
            .OrderBy(c => c.Rank != null).ThenBy(c => c.Rank!.ComputedAt)
            .Select(c => new { c.Id, c.Version, c.Targets, c.Total!.Plays, c.Total.Impressions })
            .Take(Batch).ToListAsync(cancellation);
        var ids = due.Select(c => c.Id).ToArray();
        var summaries = await metrics.ReadSummariesAsync(ids, cancellation);
        // Only now: the figures are read over a connection of their own, and none is asked for while one is held.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (!await db.Database.SqlQuery<bool>(
            $"SELECT pg_try_advisory_xact_lock(hashtextextended('facead.campaign-ranks', 0)) AS \"Value\"").SingleAsync(cancellation))
            return 0;
        var known = await db.Set<CampaignRank>().Where(f => ids.Contains(f.CampaignId)).ToDictionaryAsync(f => f.CampaignId, cancellation);
        foreach (var campaign in due.Where(c => summaries.ContainsKey(c.Id)))
        {
            if (!known.TryGetValue(campaign.Id, out var rank))
            {
                rank = new CampaignRank { CampaignId = campaign.Id };
                db.Add(rank);
            }
            var summary = summaries[campaign.Id];
            var (exact, shown) = (SmallCounts.Of(summary, campaign.Targets, true), SmallCounts.Of(summary, campaign.Targets, false));
            (rank.ComputedAt, rank.Version, rank.Plays, rank.Impressions) =
                (now, campaign.Version, campaign.Plays, campaign.Impressions);
            (rank.Reach, rank.ShownReach) = (exact.Reach.Value, shown.Reach.Value);
            (rank.Frequency, rank.ShownFrequency) = (exact.Frequency.Value, shown.Frequency.Value);
            rank.CpmKrw = CostFigures.Cpm(summary).Value;
        }
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return due.Count;
    }
}
