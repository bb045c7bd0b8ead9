using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Decisions;

/// <summary>Keeps the <see cref="DecisionSnapshot"/> at most a second behind the database.</summary>
sealed class SnapshotReader(
    [ScreensPool] IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<SnapshotReader> log)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly Lock _publishing = new();
    private volatile DecisionSnapshot _current = DecisionSnapshot.Empty;
    private long _begun, _published; // readings, by number
    private long _lastRound;

    /// <summary>The newest snapshot.</summary>
    public DecisionSnapshot Current => _current;

    /// <summary>When its loop last went round, whether or not the database answered: a timestamp; 0 before the first.</summary>
    public long LastRound => Volatile.Read(ref _lastRound);

    /// <summary>Reads the campaigns anew. One query for campaigns that can run; their totals are kept, not counted.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        var reading = Interlocked.Increment(ref _begun);
        var now = time.GetUtcNow();
        // Some site may still be in yesterday, another in tomorrow: the site's own days are checked at each decision.
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var campaigns = await db.Campaigns.AsNoTracking()
            .Where(c => c.State == CampaignState.Approved && c.DeletedAt == null && c.EndsOn >= today.AddDays(-1)
                && c.StartsOn <= today.AddDays(2) && c.Creatives.Any())
            .OrderBy(c => c.Id)
            .Select(c => new SnapshotCampaign
            {
                Id = c.Id,
                StartsOn = c.StartsOn,
                EndsOn = c.EndsOn,
                Flights = c.Flights,
                Targets = c.Targets,
                SiteIds = c.SiteIds,
                Days = c.Days,
                Hours = c.Hours,
                PriceModel = c.PriceModel,
                BudgetKrw = c.BudgetKrw,
                PricePerThousandKrw = c.PricePerThousandKrw,
                Impressions = c.Total == null ? 0 : c.Total.Impressions,
                TargetImpressions = c.Total == null ? 0 : c.Total.TargetImpressions,
                LastPlayAt = c.Total == null ? null : c.Total.LastPlayAt,
                Creatives = c.Creatives.OrderBy(x => x.CreatedAt).ThenBy(x => x.Id)
                    .Select(x => new SnapshotCreative(x.Id, x.Name, x.Sha256, x.Bytes, x.Seconds) { Weight = x.Weight }).ToList(),
            })
            .AsSplitQuery()
            .ToListAsync(cancellation);
        await CountTurnsAsync(db, campaigns, cancellation);
        var house = await db.Creatives.AsNoTracking().Where(c => c.CampaignId == null).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id)
            .Select(c => new SnapshotCreative(c.Id, c.Name, c.Sha256, c.Bytes, c.Seconds)).ToListAsync(cancellation);
        lock (_publishing)
        {
            // A reading that began earlier may end later: what an approval has just brought in stays.
            if (reading < _published) return;
            (_current, _published) = (new DecisionSnapshot(now, campaigns, house), reading);
        }
    }

    // Only creatives that share a campaign take turns.
    private static async Task CountTurnsAsync(FaceAdDbContext db, List<SnapshotCampaign> campaigns, CancellationToken cancellation)
    {
        Guid[] sharing = [.. campaigns.Where(c => c.Creatives.Count > 1).SelectMany(c => c.Creatives).Select(c => c.Id)];
        if (sharing.Length == 0) return;
        // A creative's versions have one turn together: a new one does not make up for the plays of the old one.
        var plays = await (
            from current in db.Creatives.IgnoreQueryFilters().AsNoTracking()
            where sharing.Contains(current.Id)
            join version in db.Creatives on current.LineId equals version.LineId
            join total in db.Set<CreativeTotal>() on version.Id equals total.CreativeId
            group total.Plays by current.Id into creatives
            select new { creatives.Key, Plays = creatives.Sum() }).ToDictionaryAsync(f => f.Key, f => f.Plays, cancellation);
        for (var i = 0; i < campaigns.Count; i++)
        {
            if (campaigns[i].Creatives.Count > 1)
                campaigns[i] =
                    campaigns[
                        i] with
                    { Creatives = [.. campaigns[i].Creatives.Select(c => c with { Plays = plays.GetValueOrDefault(c.Id) })] };
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Volatile.Write(ref _lastRound, time.GetTimestamp());
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Campaigns could not be read ({Reason}); decisions go on from the last known ones", exception.Message);
            }
        }
    }
}
