using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Comparisons;
using FaceAd.Web.Metrics.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>
/// Computes a campaign's metrics from the rollups. The cost does not grow with the number of exposures; open pages share one computation
/// through <see cref="MetricsFeed"/>.
/// </summary>
sealed class MetricsReader(IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>A campaign's metrics in its whole flight.</summary>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public Task<CampaignMetrics> ReadAsync(Guid campaignId, CancellationToken cancellation = default) =>
        ReadAsync(new MetricsQuery(campaignId), cancellation);

    /// <summary>The metrics of a campaign, or of a part of it.</summary>
    /// <param name="query">Which part.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<CampaignMetrics> ReadAsync(MetricsQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        MetricsScope scope;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One snapshot for all queries, so that the figures are consistent.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var figures = await new RollupReader(connection, scope).ReadAsync(cancellation);
        var whole = Cost(scope, figures.Charged);
        var cost = query.Everywhere ? whole : MetricFormulas.CostShare(whole, figures.Plays.PlayMs, figures.AllPlays.PlayMs);
        return Compose(scope, figures.Plays, figures.Exposures, figures.Period, figures.Reached, figures.Universe, cost)
            with
        { FrequencyHistogram = figures.Histogram, Timeline = figures.Timeline, Delivered = figures.Delivered };
    }

    /// <summary>
    /// The same figures in each counting period that their days touch, up to the current one, whose figures they are themselves.
    /// </summary>
    /// <param name="now">The figures.</param>
    /// <param name="calendar">Calendar of the campaign's first site.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyList<CampaignMetrics>> ReadPeriodsAsync(
        CampaignMetrics now, SiteCalendar calendar, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(now);
        List<CampaignMetrics> periods = [];
        foreach (var period in MetricsWindow.EpochsOf(now.Days, calendar).TakeWhile(p => p.Epoch < now.Window.Epoch))
            periods.Add(await ReadAsync(now.Query with { From = period.FirstDay, To = period.LastDay }, cancellation));
        return [.. periods, now];
    }

    /// <summary>Impressions by day of the week and hour; null for a part of a campaign, whose hours are not rolled up.</summary>
    /// <param name="query">Which campaign and days.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<WeekHours?> ReadHoursAsync(MetricsQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!query.Everywhere) return null;
        MetricsScope scope;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return WeekHours.Of(await connection.QueryAsync("""
            SELECT day, hour::int, sum(impressions)::bigint FROM exposure_hours
            WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 GROUP BY 1, 2
            """, [query.CampaignId, scope.Days.FirstDay, scope.Days.LastDay],
            r => (r.GetFieldValue<DateOnly>(0), r.GetInt32(1), r.GetInt64(2)), cancellation));
    }

    /// <summary>
    /// The curve by the hour, on the clock of the campaign's first site; null for a part of a campaign, whose hours are not rolled up.
    /// People are not in it: they are counted by the day.
    /// </summary>
    /// <param name="query">Which campaign and days.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<IReadOnlyList<MetricsPoint>?> ReadHourlyAsync(MetricsQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!query.Everywhere) return null;
        MetricsScope scope;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync("""
            SELECT day, hour::int, sum(impressions)::bigint, sum(plays)::int FROM (
                SELECT day, hour, impressions, 0 AS plays FROM exposure_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3
                UNION ALL SELECT day, hour, 0, plays FROM play_hours WHERE campaign_id = $1 AND day BETWEEN $2 AND $3) AS h
            GROUP BY 1, 2 ORDER BY 1, 2
            """, [query.CampaignId, scope.Days.FirstDay, scope.Days.LastDay],
            r => new MetricsPoint(
                scope.Calendar.StartOf(r.GetFieldValue<DateOnly>(0)).AddHours(r.GetInt32(1)), r.GetInt64(2), null, r.GetInt32(3)),
            cancellation);
    }

    /// <summary>The figures of several campaigns, for a page of a list.</summary>
    /// <param name="ids">The campaigns.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyDictionary<Guid, CampaignSummary>> ReadSummariesAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellation = default)
    {
        IReadOnlyList<MetricsScope> scopes;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            scopes = await SummaryReader.ScopesAsync(db, ids, time.GetUtcNow(), cancellation);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var rows = new SummaryReader(connection, scopes, cancellation);
        var (plays, exposures) = (await rows.ReadPlaysAsync(), await rows.ReadSegmentsAsync());
        var (reached, universe) = (await rows.ReadReachedAsync(), await rows.ReadUniverseAsync());
        var charged = await rows.ReadChargedAsync();
        return scopes.ToDictionary(s => s.Campaign.Id, scope =>
        {
            var id = scope.Campaign.Id;
            return CampaignSummary.Of(Compose(
                scope, plays.GetValueOrDefault(id), exposures[id].ToDictionary(e => e.Segment, e => e.Figures),
                exposures[id].ToDictionary(e => e.Segment, e => e.Period), reached[id].ToDictionary(r => r.Segment, r => r.Persons),
                universe[id].ToDictionary(u => u.Segment, u => u.Persons), Cost(scope, charged.GetValueOrDefault(id))));
        });
    }

    /// <summary>Metrics out of the sums, without histogram and curve.</summary>
    internal static CampaignMetrics Compose(
        MetricsScope scope, PlayFigures plays, Dictionary<Segment, ExposureFigures> exposures, Dictionary<Segment, PeriodFigures> periodOf,
        Dictionary<Segment, int>? reachedOf, Dictionary<Segment, int> universeOf, decimal? cost)
    {
        var targets = scope.Campaign.Targets;
        var all = exposures.Values.Aggregate(default(ExposureFigures), (a, b) => a + b);
        var target = targets.Select(t => exposures.GetValueOrDefault(t)).Aggregate(default(ExposureFigures), (a, b) => a + b);
        var period = targets.Select(t => periodOf.GetValueOrDefault(t)).Aggregate(default(PeriodFigures), (a, b) => a + b);
        var reached = targets.Sum(t => reachedOf?.GetValueOrDefault(t) ?? 0);
        var universe = targets.Sum(t => universeOf.GetValueOrDefault(t));
        var reach = reachedOf is null ? null : MetricFormulas.Reach(reached, universe);
        var frequency = MetricFormulas.Frequency(period.PersonExposures, reached);
        return new CampaignMetrics
        {
            Query = scope.Query,
            Days = scope.Days,
            Window = scope.Window,
            ComputedAt = scope.Now,
            Begun = scope.Now >= scope.Calendar.StartOf(scope.Campaign.StartsOn),
            Plays = plays.Plays,
            MeasuredPlays = plays.Measured,
            Coverage = MetricFormulas.Coverage(plays.Measured, plays.Plays),
            Impressions = all.Impressions,
            TargetImpressions = target.Impressions,
            PeriodTargetImpressions = period.Impressions,
            ChargedImpressions = scope.Campaign.PriceModel == PriceModel.PerThousand ? target.Impressions : null,
            Delivered = 0,
            Universe = universe,
            Reached = reached,
            TargetPersonExposures = period.PersonExposures,
            Reach = reach,
            Frequency = frequency,
            Grp = MetricFormulas.Grp(reach, frequency),
            OnTargetShare = MetricFormulas.OnTargetShare(
                target.Impressions, all.Impressions - exposures.GetValueOrDefault(Segment.Unknown).Impressions),
            CostKrw = cost,
            CpmKrw = MetricFormulas.Cpm(cost, all.Impressions),
            TargetCpmKrw = MetricFormulas.Cpm(cost, target.Impressions),
            Views = Views(all, cost),
            PersonsGone = reachedOf is null,
            FrequencyHistogram = [],
            Segments = [.. SegmentProbabilities.Segments.Append(Segment.Unknown)
                .Select(s => OfSegment(
                    s, exposures.GetValueOrDefault(s), periodOf.GetValueOrDefault(s), reachedOf, universeOf, targets, cost))],
            Timeline = [],
        };
    }

    private static SegmentMetrics OfSegment(
        Segment segment, ExposureFigures row, PeriodFigures period, Dictionary<Segment, int>? reachedOf,
        Dictionary<Segment, int> universeOf, Segment[] targets, decimal? cost)
    {
        var seen = segment == Segment.Unknown ? 0 : universeOf.GetValueOrDefault(segment);
        var persons = segment == Segment.Unknown ? 0 : reachedOf?.GetValueOrDefault(segment) ?? 0;
        return new SegmentMetrics(
            segment, targets.Contains(segment), row.Impressions, persons, seen,
            reachedOf is null ? null : MetricFormulas.Reach(persons, seen),
            MetricFormulas.Frequency(period.PersonExposures, persons), MetricFormulas.Cpm(cost, row.Impressions), period.PersonExposures,
            period.Impressions, Views(row, cost));
    }

    internal static ViewMetrics Views(ExposureFigures row, decimal? cost) => new(
        row.Completed, MetricFormulas.Share(row.Completed, row.Impressions), MetricFormulas.CostPerCompletedView(cost, row.Completed),
        row.Watched, MetricFormulas.Share(row.Watched, row.Impressions), MetricFormulas.MeanSeconds(row.PresentMs, row.Impressions),
        MetricFormulas.MeanSeconds(row.AttentiveMs, row.Impressions));

    /// <summary>
    /// Cost in these days: accrued by their end (or now) less accrued by their start; null when the campaign is not booked. Whole won at
    /// every moment, so that the costs of consecutive days add up.
    /// </summary>
    internal static decimal? Cost(MetricsScope scope, Charged charged)
    {
        var campaign = scope.Campaign;
        if (!CampaignSteps.IsBooked(campaign.State)) return null;
        decimal ToDate(DateTimeOffset at, long impressions) =>
            KrwAmount.Whole((campaign.Terms with { TargetImpressions = impressions }).CostToDate(scope.Calendar, at));
        return ToDate(scope.Now < scope.End ? scope.Now : scope.End, charged.Until) - ToDate(scope.Start, charged.Before);
    }
}
