using FaceAd.Contracts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Computes a campaign's metrics from the raw rows of its window. Each query is bounded by the campaign's own rows or
/// the persons of its sites; open pages share one computation through <see cref="MetricsFeed"/>.
/// </summary>
public sealed class MetricsReader(IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, TimeProvider time)
{
    private const int LastHistogramBin = 10;

    /// <summary>A campaign's metrics in its current window.</summary>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<CampaignMetrics> ReadAsync(Guid campaignId, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var campaign = await db.Campaigns.AsNoTracking().Include(c => c.Total).SingleOrDefaultAsync(c => c.Id == campaignId, cancellation)
            ?? throw new KeyNotFoundException($"There is no campaign {campaignId}.");
        var sites = await db.Sites.AsNoTracking().Where(s => campaign.SiteIds.Length == 0 || campaign.SiteIds.Contains(s.Id))
            .OrderBy(s => s.CreatedAt).ToListAsync(cancellation);
        var calendar = sites.Count > 0 ? SiteCalendar.Of(sites[0]) : new SiteCalendar("Asia/Seoul", new DateOnly(2024, 1, 1));
        var now = time.GetUtcNow();
        var scope = new Scope(campaign, MetricsWindow.Of(campaign.StartsOn, campaign.EndsOn, calendar, now), calendar, [.. sites.Select(s => s.Id)]);

        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One snapshot for all queries, so that the figures belong together.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (plays, measured) = await ReadPlaysAsync(connection, scope, cancellation);
        var bySegment = await ReadSegmentsAsync(connection, scope, cancellation);
        var universe = await ReadUniverseAsync(connection, scope, cancellation);
        var histogram = await ReadHistogramAsync(connection, scope, cancellation);
        var timeline = await ReadTimelineAsync(connection, scope, cancellation);
        return Compose(scope, now, plays, measured, bySegment, universe, histogram, timeline);
    }

    /// <summary>The figures of several campaigns, for a page of a list.</summary>
    /// <param name="ids">The campaigns.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyDictionary<Guid, CampaignSummary>> ReadSummariesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellation = default)
    {
        Dictionary<Guid, CampaignSummary> summaries = [];
        foreach (var id in ids)
        {
            var m = await ReadAsync(id, cancellation);
            summaries[id] = new CampaignSummary(
                m.Impressions, m.Reach, m.Reached, m.Frequency, m.CpmWon, m.Coverage, m.Universe, m.TargetImpressions, m.TargetPersonExposures);
        }
        return summaries;
    }

    private static CampaignMetrics Compose(
        Scope scope, DateTimeOffset now, long plays, long measured, Dictionary<Segment, SegmentRow> bySegment,
        Dictionary<Segment, int> universe, IReadOnlyList<int> histogram, IReadOnlyList<MetricsPoint> timeline)
    {
        var campaign = scope.Campaign;
        var targets = campaign.Targets;
        var impressions = bySegment.Values.Sum(s => s.Impressions);
        var targetImpressions = targets.Sum(t => bySegment.GetValueOrDefault(t).Impressions);
        var reached = targets.Sum(t => bySegment.GetValueOrDefault(t).Persons);
        var personExposures = targets.Sum(t => bySegment.GetValueOrDefault(t).PersonExposures);
        var targetUniverse = targets.Sum(t => universe.GetValueOrDefault(t));
        var cost = Cost(scope, now, targetImpressions);
        var reach = MetricFormulas.Reach(reached, targetUniverse);
        var frequency = MetricFormulas.Frequency(personExposures, reached);
        return new CampaignMetrics
        {
            CampaignId = campaign.Id,
            Window = scope.Window,
            ComputedAt = now,
            Plays = plays,
            MeasuredPlays = measured,
            Coverage = MetricFormulas.Coverage(measured, plays),
            Impressions = impressions,
            TargetImpressions = targetImpressions,
            Universe = targetUniverse,
            Reached = reached,
            TargetPersonExposures = personExposures,
            Reach = reach,
            Frequency = frequency,
            Grp = MetricFormulas.Grp(reach, frequency),
            OnTargetShare = MetricFormulas.OnTargetShare(targetImpressions, impressions - bySegment.GetValueOrDefault(Segment.Unknown).Impressions),
            CostWon = cost,
            CpmWon = MetricFormulas.Cpm(cost, impressions),
            TargetCpmWon = MetricFormulas.Cpm(cost, targetImpressions),
            FrequencyHistogram = histogram,
            Segments = [.. SegmentProbabilities.Segments.Append(Segment.Unknown).Select(s => OfSegment(s, bySegment.GetValueOrDefault(s), universe, targets, cost))],
            Timeline = timeline,
        };
    }

    private static SegmentMetrics OfSegment(Segment segment, SegmentRow row, Dictionary<Segment, int> universe, Segment[] targets, decimal cost)
    {
        var seen = segment == Segment.Unknown ? 0 : universe.GetValueOrDefault(segment);
        var persons = segment == Segment.Unknown ? 0 : row.Persons;
        return new SegmentMetrics(
            segment, targets.Contains(segment), row.Impressions, persons, seen, MetricFormulas.Reach(persons, seen),
            MetricFormulas.Frequency(row.PersonExposures, persons), MetricFormulas.Cpm(cost, row.Impressions));
    }

    /// <summary>Cost inside the window: what had accrued at its end (or now), less what had accrued at its start.</summary>
    private static decimal Cost(Scope scope, DateTimeOffset now, long targetImpressions)
    {
        var campaign = scope.Campaign;
        var (start, end) = (scope.Calendar.StartOf(campaign.StartsOn), scope.Calendar.StartOf(campaign.EndsOn.AddDays(1)));
        var until = now < scope.End ? now : scope.End;
        var everTarget = Math.Max(campaign.Total?.TargetImpressions ?? 0, targetImpressions);
        decimal ToDate(DateTimeOffset at, long impressions) => CampaignCost.ToDate(
            campaign.PriceModel, campaign.BudgetWon, campaign.PricePerThousandWon, CampaignCost.ElapsedShare(start, end, at), impressions);
        return ToDate(until, everTarget) - ToDate(scope.Start, everTarget - targetImpressions);
    }

    private static async Task<(long Plays, long Measured)> ReadPlaysAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellation) =>
        (await connection.QueryAsync("""
            SELECT count(*), count(*) FILTER (WHERE measured) FROM plays WHERE campaign_id = $1 AND day BETWEEN $2 AND $3
            """, [scope.Campaign.Id, scope.Window.FirstDay, scope.Window.LastDay], r => (r.GetInt64(0), r.GetInt64(1)), cancellation))[0];

    // A person counts in the epoch of the window only; one who entered before midnight belongs to the epoch before.
    private static async Task<Dictionary<Segment, SegmentRow>> ReadSegmentsAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellation) =>
        (await connection.QueryAsync("""
            SELECT e.segment, count(*), count(p.id), count(DISTINCT p.id)
            FROM exposures e LEFT JOIN persons p ON p.id = e.person_id AND p.epoch = $4
            WHERE e.campaign_id = $1 AND e.day BETWEEN $2 AND $3
            GROUP BY e.segment
            """, [scope.Campaign.Id, scope.Window.FirstDay, scope.Window.LastDay, scope.Window.Epoch],
            r => ((Segment)r.GetInt32(0), new SegmentRow(r.GetInt64(1), r.GetInt64(2), (int)r.GetInt64(3))),
            cancellation)).ToDictionary(r => r.Item1, r => r.Item2);

    // Walks the persons of the sites' epoch, not their stays.
    private static async Task<Dictionary<Segment, int>> ReadUniverseAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellation) =>
        (await connection.QueryAsync("""
            SELECT p.segment, count(*) FROM persons p
            WHERE p.site_id = ANY ($1) AND p.epoch = $2 AND p.segment <> 0
            AND EXISTS (SELECT 1 FROM presences s WHERE s.person_id = p.id AND s.seen_from < $4 AND s.seen_to > $3)
            GROUP BY p.segment
            """, [scope.SiteIds, scope.Window.Epoch, scope.Start, scope.End],
            r => ((Segment)r.GetInt32(0), (int)r.GetInt64(1)),
            cancellation)).ToDictionary(r => r.Item1, r => r.Item2);

    private static async Task<IReadOnlyList<int>> ReadHistogramAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellation)
    {
        var rows = await connection.QueryAsync("""
            SELECT LEAST(times, $5), count(*) FROM (
                SELECT count(*)::int AS times FROM exposures e JOIN persons p ON p.id = e.person_id AND p.epoch = $4
                WHERE e.campaign_id = $1 AND e.day BETWEEN $2 AND $3 AND e.on_target
                GROUP BY p.id) AS per_person
            GROUP BY 1
            """, [scope.Campaign.Id, scope.Window.FirstDay, scope.Window.LastDay, scope.Window.Epoch, LastHistogramBin],
            r => (Times: r.GetInt32(0), Persons: (int)r.GetInt64(1)),
            cancellation);
        var histogram = new int[LastHistogramBin];
        foreach (var (times, persons) in rows) histogram[times - 1] = persons;
        return histogram;
    }

    private static async Task<IReadOnlyList<MetricsPoint>> ReadTimelineAsync(NpgsqlConnection connection, Scope scope, CancellationToken cancellation)
    {
        var id = scope.Campaign.Id;
        var (first, last) = (await connection.QueryAsync(
            "SELECT min(started_at), max(started_at) FROM plays WHERE campaign_id = $1 AND day BETWEEN $2 AND $3", [id, scope.Window.FirstDay, scope.Window.LastDay],
            r => (r.IsDBNull(0) ? (DateTimeOffset?)null : r.GetFieldValue<DateTimeOffset>(0), r.IsDBNull(1) ? null : (DateTimeOffset?)r.GetFieldValue<DateTimeOffset>(1)),
            cancellation))[0];
        if (first is null || last is null) return [];
        var span = last.Value - first.Value;
        var step = span < TimeSpan.FromHours(2) ? TimeSpan.FromMinutes(1) : span < TimeSpan.FromDays(4) ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

        var rows = await connection.QueryAsync("""
            WITH seen AS (
                SELECT date_bin($5, e.at, $6) AS step, CASE WHEN e.on_target THEN p.id END AS person
                FROM exposures e LEFT JOIN persons p ON p.id = e.person_id AND p.epoch = $4
                WHERE e.campaign_id = $1 AND e.day BETWEEN $2 AND $3),
            steps AS (
                SELECT step, count(*) AS impressions, 0 AS reached, 0 AS plays FROM seen GROUP BY step
                UNION ALL
                SELECT first, 0, count(*), 0 FROM (SELECT person, min(step) AS first FROM seen WHERE person IS NOT NULL GROUP BY person) AS f GROUP BY first
                UNION ALL
                SELECT date_bin($5, started_at, $6), 0, 0, count(*) FROM plays WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 GROUP BY 1)
            SELECT step, sum(impressions)::bigint, sum(reached)::int, sum(plays)::int FROM steps GROUP BY step ORDER BY step
            """, [id, scope.Window.FirstDay, scope.Window.LastDay, scope.Window.Epoch, step, scope.Start],
            r => (At: r.GetFieldValue<DateTimeOffset>(0), Impressions: r.GetInt64(1), Reached: r.GetInt32(2), Plays: r.GetInt32(3)),
            cancellation);
        var reached = 0;
        return [.. rows.Select(r => new MetricsPoint(r.At, r.Impressions, reached += r.Reached, r.Plays))];
    }

    private sealed record Scope(Campaign Campaign, MetricsWindow Window, SiteCalendar Calendar, Guid[] SiteIds)
    {
        public DateTimeOffset Start { get; } = Calendar.StartOf(Window.FirstDay);

        public DateTimeOffset End { get; } = Calendar.StartOf(Window.LastDay.AddDays(1));
    }

    private readonly record struct SegmentRow(long Impressions, long PersonExposures, int Persons);
}
