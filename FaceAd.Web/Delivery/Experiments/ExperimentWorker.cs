using FaceAd.Core;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery.Experiments;

/// <summary>
/// Counts each day of a running experiment once it is over, and stops the experiment when its rule says so. Every node does it; each day
/// and each stop is written once, by whoever holds the row.
/// </summary>
sealed class ExperimentWorker(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time, ILogger<ExperimentWorker> log)
    : BackgroundService
{
    /// <summary>How long after its end a day is counted: for plays and presences that come late. What comes later is not counted.</summary>
    public static readonly TimeSpan CountedAfter = TimeSpan.FromHours(12);

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Experiments could not be counted ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Counts the days that are over, and stops what is to stop.</summary>
    /// <returns>How many experiments this call has stopped.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        List<(Guid Id, Guid Campaign)> running;
        Dictionary<Guid, SiteCalendar> calendars;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            running = [.. (await db.Set<Experiment>().Where(e => e.EndedAt == null).OrderBy(e => e.Id)
                .Select(e => new { e.Id, e.CampaignId }).ToListAsync(cancellation)).Select(e => (e.Id, e.CampaignId))];
            if (running.Count == 0) return 0;
            calendars = await AccruedCost.CalendarsAsync(db, [.. running.Select(e => e.Campaign)], cancellation);
        }
        var stopped = 0;
        foreach (var (id, campaign) in running)
        {
            // A day at a time is judged, as it would have been had nothing been late.
            bool? mine;
            while ((mine = await JudgeAsync(id, campaign, cancellation)) is null
                && await CountAsync(id, calendars[campaign], cancellation))
            {
            }
            if (mine == true) stopped++;
        }
        return stopped;
    }

    // Whether this call has stopped it, or another one had before; null while it goes on.
    private async Task<bool?> JudgeAsync(Guid id, Guid campaignId, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var campaign = await db.Campaigns.FromSql($"SELECT * FROM campaigns WHERE id = {campaignId} FOR UPDATE").SingleAsync(cancellation);
        if (await ExperimentService.RunningAsync(db, id, cancellation) is not { } experiment) return false;
        await db.Entry(experiment).Collection(e => e.Days).LoadAsync(cancellation);
        var creatives = await ExperimentService.CreativesAsync(db, campaignId, cancellation);
        var now = time.GetUtcNow();
        var verdict = experiment.Rule.Judge(experiment.Sums(), campaign.DeletedAt is not null || experiment.CountedTo >= campaign.EndsOn);
        if (verdict.End is null && !experiment.Compares(creatives.Select(c => c.Id))) verdict = new(ExperimentEnd.CreativesChanged);
        if (verdict.End is null) return null;
        await ExperimentService.StopAsync(db, null, campaign, experiment, verdict, now);
        await transaction.CommitAsync(cancellation);
        log.LogInformation("Experiment {Experiment} of campaign {Campaign} stopped: {End}", id, campaignId, verdict.End);
        return true;
    }

    // Whether a day was counted, by this node or by another one meanwhile.
    private async Task<bool> CountAsync(Guid id, SiteCalendar calendar, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (await ExperimentService.RunningAsync(db, id, cancellation) is not { } experiment) return true;
        var day = experiment.CountedTo.AddDays(1);
        if (time.GetUtcNow() < calendar.StartOf(day.AddDays(1)) + CountedAfter) return false;
        var seen = await ReadAsync((NpgsqlConnection)db.Database.GetDbConnection(), experiment, day, cancellation);
        db.AddRange(Count(experiment, day, seen));
        experiment.CountedTo = day;
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    /// <summary>What the people of each arm did on a day. Pure.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="day">The day.</param>
    /// <param name="seen">Each person with each creative that they saw that day.</param>
    internal static IEnumerable<ExperimentDay> Count(Experiment experiment, DateOnly day, IReadOnlyList<SeenCreative> seen)
    {
        var arms = experiment.CreativeIds;
        var people = seen.ToLookup(s => arms[Arms.OfPerson(experiment.Id, s.PersonId, arms.Length)]);
        foreach (var arm in arms)
        {
            var own = people[arm].Where(s => s.CreativeId == arm).ToList();
            var sums = own.Where(s => !s.Before).Aggregate(default(ArmSums), (sums, s) => sums.With(s.FigureOf(experiment.Metric)));
            yield return new ExperimentDay
            {
                ExperimentId = experiment.Id,
                Day = day,
                CreativeId = arm,
                People = (int)sums.People,
                Sum = sums.Sum,
                SumOfSquares = sums.SumOfSquares,
                Own = own.Sum(s => s.Exposures),
                Other = people[arm].Sum(s => s.Exposures) - own.Sum(s => s.Exposures),
            };
        }
    }

    // Rows of people live as long as their counting period.
    private static Task<List<SeenCreative>> ReadAsync(
        NpgsqlConnection connection, Experiment experiment, DateOnly day, CancellationToken cancellation) =>
        connection.QueryAsync("""
            SELECT e.person_id, e.creative_id, count(*)::int, count(*) FILTER (WHERE e.completed)::int,
                sum(e.seconds_present), sum(e.seconds_attentive), EXISTS (
                    SELECT FROM person_days d WHERE d.person_id = e.person_id AND d.campaign_id = $1 AND d.creative_id = e.creative_id
                        AND d.day >= $3 AND d.day < $2)
            FROM exposures e
            WHERE e.campaign_id = $1 AND e.day = $2 AND e.person_id IS NOT NULL AND e.on_target AND e.creative_id = ANY ($4)
            GROUP BY e.person_id, e.creative_id ORDER BY e.person_id, e.creative_id
            """, [experiment.CampaignId, day, experiment.FirstDay, experiment.CreativeIds],
            r => new SeenCreative(
                r.GetGuid(0), r.GetGuid(1), r.GetInt32(2), r.GetInt32(3), r.GetDouble(4), r.GetDouble(5), r.GetBoolean(6)), cancellation);
}

/// <summary>What one person saw of one creative on a day.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="CreativeId">The creative.</param>
/// <param name="Exposures">Exposures.</param>
/// <param name="Completed">Of them, completed views.</param>
/// <param name="SecondsPresent">Seconds in view.</param>
/// <param name="SecondsAttentive">Seconds facing the screen.</param>
/// <param name="Before">Whether the person saw it on an earlier day of the experiment.</param>
readonly record struct SeenCreative(
    Guid PersonId, Guid CreativeId, int Exposures, int Completed, double SecondsPresent, double SecondsAttentive, bool Before)
{
    /// <summary>The person's figure, 0..1.</summary>
    /// <param name="metric">Which.</param>
    public double FigureOf(ExperimentMetric metric) => metric == ExperimentMetric.CompletedViews ? (double)Completed / Exposures
        : Math.Clamp(SecondsAttentive / SecondsPresent, 0, 1);
}
