using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>Dimensions of a breakdown.</summary>
enum MetricsDimension
{
    /// <summary>By site.</summary>
    Site = 0,

    /// <summary>By screen.</summary>
    Screen = 1,

    /// <summary>By creative.</summary>
    Creative = 2,
}

/// <summary>
/// A campaign's figures at one site, on one screen, or of one creative. Parts share people, so their counts do not add up, except over
/// sites.
/// </summary>
/// <param name="Id">The part.</param>
/// <param name="Name">Its name.</param>
/// <param name="Within">The site of a screen; null for others.</param>
/// <param name="Plays">Plays, measured or not.</param>
/// <param name="Coverage">Measured plays / plays; null without plays.</param>
/// <param name="Impressions">Exposures.</param>
/// <param name="TargetImpressions">Exposures to targets.</param>
/// <param name="PeriodTargetImpressions">Exposures to targets in the counting period.</param>
/// <param name="Reached">Unique target people exposed; null when they can no longer be counted.</param>
/// <param name="Universe">Unique target people seen there; null for creatives, whose universe is the campaign's, and when they can no
/// longer be counted.</param>
/// <param name="TargetPersonExposures">Exposures of recognised target people in the counting period.</param>
/// <param name="CostKrw">Its share of the cost, by play seconds, in whole KRW; null when the campaign is not booked.</param>
/// <param name="CpmKrw">Cost / impressions x 1000; null without impressions.</param>
/// <param name="Views">Completion, dwell time and attention.</param>
sealed record MetricsPart(
    Guid Id, string Name, string? Within, long Plays, double? Coverage, long Impressions, long TargetImpressions,
    long PeriodTargetImpressions, int? Reached, int? Universe, long TargetPersonExposures, decimal? CostKrw, double? CpmKrw,
    ViewMetrics Views);

/// <summary>Breaks a campaign's figures down by site, screen or creative, from the rollups.</summary>
sealed class MetricsBreakdown(IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The most parts returned: those with the most impressions.</summary>
    public const int MostParts = 200;

    /// <summary>A campaign's parts, most impressions first.</summary>
    /// <param name="query">The campaign, and the part and days of it.</param>
    /// <param name="dimension">The dimension.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    public async Task<IReadOnlyList<MetricsPart>> ReadAsync(
        MetricsQuery query, MetricsDimension dimension, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        MetricsScope scope;
        await using (var db = await contexts.CreateDbContextAsync(cancellation))
        {
            scope = await MetricsScope.OfAsync(db, query, time.GetUtcNow(), cancellation);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var rows = new Rows(connection, scope, dimension);
        await rows.ReadAsync(cancellation);
        var (all, charged) = await new RollupReader(connection, scope).ReadCostAsync(cancellation);
        var whole = MetricsReader.Cost(scope, charged);
        return [.. rows.Names.Select(n =>
        {
            var (plays, (seen, target, period)) = (rows.PlaysOf(n.Id), rows.ExposuresOf(n.Id));
            var cost = MetricFormulas.CostShare(whole, plays.PlayMs, all.PlayMs);
            return new MetricsPart(
                n.Id, n.Name, n.Within, plays.Plays, MetricFormulas.Coverage(plays.Measured, plays.Plays), seen.Impressions,
                target.Impressions, period.Impressions, rows.ReachedOf(n.Id, period.PersonExposures),
                dimension == MetricsDimension.Creative ? null : rows.UniverseOf(n.Id),
                period.PersonExposures, cost, MetricFormulas.Cpm(cost, seen.Impressions), MetricsReader.Views(seen, cost));
        }).OrderByDescending(p => p.Impressions).ThenByDescending(p => p.Plays).ThenBy(p => p.Name, StringComparer.Ordinal)
            .Take(MostParts)];
    }

    /// <summary>The rollups' rows per part, in one round trip.</summary>
    private sealed class Rows
    {
        private const string Filter =
            "r.campaign_id = $1 AND r.day BETWEEN $2 AND $3 AND ($4::uuid[] IS NULL OR r.screen_id = ANY ($4)) AND ($5::uuid IS NULL OR r.creative_id = $5)";

        private readonly MetricsScope _scope;
        private readonly MetricsDimension _dimension;
        private readonly ReadBatch _batch;
        private Dictionary<Guid, PlayFigures> _plays = [];
        private ILookup<Guid, (bool Target, ExposureFigures Figures, PeriodFigures Period)> _exposures =
            Enumerable.Empty<(bool, ExposureFigures, PeriodFigures)>().ToLookup(_ => Guid.Empty);
        private Dictionary<Guid, (int Persons, long Exposures)> _reached = [];
        private Dictionary<Guid, (int Persons, long Exposures)> _universe = [];

        public Rows(NpgsqlConnection connection, MetricsScope scope, MetricsDimension dimension) =>
            (_scope, _dimension, _batch) = (scope, dimension, new ReadBatch(connection));

        /// <summary>The parts.</summary>
        public IReadOnlyList<(Guid Id, string Name, string? Within)> Names { get; private set; } = [];

        private string Part =>
            _dimension switch { MetricsDimension.Site => "c.site_id", MetricsDimension.Screen => "r.screen_id", _ => "r.creative_id" };

        private object?[] Values =>
            [_scope.Campaign.Id, _scope.Days.FirstDay, _scope.Days.LastDay, _scope.Screens, _scope.Query.CreativeId];

        // The days in which people are counted.
        private object?[] PeriodValues =>
            [_scope.Campaign.Id, _scope.Window.FirstDay, _scope.Window.LastDay, _scope.Screens, _scope.Query.CreativeId];

        // Whether a reach rollup exists for these parts, so that individual people need not be counted.
        private bool ByRollup => _dimension == MetricsDimension.Site && _scope.Query is { CreativeId: null, ScreenId: null };

        private int[] Targets => [.. _scope.Campaign.Targets.Select(t => (int)t)];

        public async Task ReadAsync(CancellationToken cancellation)
        {
            var plays = _batch.Add(
                $"SELECT {Part}, {PlayFigures.Columns} FROM play_days r JOIN screens c ON c.id = r.screen_id WHERE {Filter} GROUP BY 1",
                Values, r => (Id: r.GetGuid(0), Plays: PlayFigures.Read(r, 1)));
            var exposures = _batch.Add($"""
                SELECT {Part}, segment = ANY ($6), {PeriodFigures.Columns("day BETWEEN $7 AND $8")}, {ExposureFigures.Columns}
                FROM exposure_days r JOIN screens c ON c.id = r.screen_id WHERE {Filter} GROUP BY 1, 2
                """, [.. Values, Targets, _scope.Window.FirstDay, _scope.Window.LastDay],
                r => (Id: r.GetGuid(0), Target: r.GetBoolean(1), Period: PeriodFigures.Read(r, 2), Figures: ExposureFigures.Read(r, 4)));
            var (names, reached, universe) = (AskNames(), AskReached(), AskUniverse());
            await _batch.RunAsync(cancellation);
            Names = names;
            _plays = plays.ToDictionary(r => r.Id, r => r.Plays);
            _exposures = exposures.ToLookup(r => r.Id, r => (r.Target, r.Figures, r.Period));
            _reached = reached.ToDictionary(r => r.Id, r => (r.Persons, r.Exposures));
            _universe = universe.ToDictionary(r => r.Id, r => (r.Persons, r.Exposures));
        }

        public PlayFigures PlaysOf(Guid part) => _plays.GetValueOrDefault(part);

        /// <summary>All exposures; those to targets; those to targets in the counting period.</summary>
        public (ExposureFigures All, ExposureFigures Target, PeriodFigures Period) ExposuresOf(Guid part)
        {
            var (all, target, period) = (default(ExposureFigures), default(ExposureFigures), default(PeriodFigures));
            foreach (var row in _exposures[part])
            {
                all += row.Figures;
                if (row.Target) (target, period) = (target + row.Figures, period + row.Period);
            }
            return (all, target, period);
        }

        // If people account for fewer exposures than were counted, some of them have been deleted.
        public int? ReachedOf(Guid part, long exposures)
        {
            var (persons, counted) = _reached.GetValueOrDefault(part);
            return ByRollup || counted == exposures ? persons : null;
        }

        public int UniverseOf(Guid part) => _universe.GetValueOrDefault(part).Persons;

        private IReadOnlyList<(Guid Id, int Persons, long Exposures)> AskReached() => ByRollup
            ? _batch.Add("""
                SELECT site_id, sum(persons)::int, 0::bigint FROM reach_days
                WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 AND previous_day < $2 AND epoch = $4 AND segment = ANY ($5)
                    AND site_id <> $6 GROUP BY 1
                """, [.. PeriodValues.Take(3), _scope.Window.Epoch, Targets, Guid.Empty], ReadPersons)
            : _batch.Add($"""
                SELECT {Part}, count(DISTINCT person_id)::int, sum(exposures)::bigint
                FROM person_days r JOIN screens c ON c.id = r.screen_id WHERE {Filter} AND segment = ANY ($6) GROUP BY 1
                """, [.. PeriodValues, Targets], ReadPersons);

        private IReadOnlyList<(Guid Id, int Persons, long Exposures)> AskUniverse() => _dimension switch
        {
            MetricsDimension.Site => _batch.Add("""
                SELECT site_id, sum(persons)::int, 0::bigint FROM universe_days
                WHERE epoch = $1 AND day BETWEEN $2 AND $3 AND previous_day < $2 AND segment = ANY ($4) AND site_id <> $5 GROUP BY 1
                """, [_scope.Window.Epoch, _scope.Window.FirstDay, _scope.Window.LastDay, Targets, Guid.Empty], ReadPersons),
            MetricsDimension.Screen => _batch.Add("""
                SELECT screen_id, count(DISTINCT person_id)::int, 0::bigint FROM visits
                WHERE day BETWEEN $1 AND $2 AND segment = ANY ($3)
                AND screen_id IN (SELECT DISTINCT screen_id FROM play_days WHERE campaign_id = $4 AND day BETWEEN $5 AND $6) GROUP BY 1
                """, [_scope.Window.FirstDay, _scope.Window.LastDay, Targets, .. Values.Take(3)], ReadPersons),
            _ => [],
        };

        private IReadOnlyList<(Guid Id, string Name, string? Within)> AskNames()
        {
            var (table, name) = _dimension switch
            {
                MetricsDimension.Site => ("sites", "NULL"),
                MetricsDimension.Screen => ("screens", "(SELECT name FROM sites s WHERE s.id = t.site_id)"),
                _ => ("creatives", "NULL"),
            };
            return _batch.Add($"""
                SELECT t.id, t.name, {name}::text FROM {table} t
                WHERE t.id IN (SELECT {Part} FROM play_days r JOIN screens c ON c.id = r.screen_id WHERE {Filter})
                """, Values, r => (r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)));
        }

        private static (Guid Id, int Persons, long Exposures) ReadPersons(NpgsqlDataReader r) =>
            (r.GetGuid(0), r.GetInt32(1), r.GetInt64(2));
    }
}
