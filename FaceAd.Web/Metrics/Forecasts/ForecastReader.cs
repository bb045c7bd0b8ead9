using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>
/// Reads what forecasts are made of, and makes them. What was seen is read once a day and building; what is booked, at most every
/// ten seconds.
/// </summary>
sealed class ForecastReader : IDisposable
{
    /// <summary>The most sites that one forecast tells apart.</summary>
    public const int MostSites = 200;

    // Below it, nobody knows how many plays a presence sees: one is assumed.
    private const double LeastImpressions = 500;
    private static readonly TimeSpan BookedFor = TimeSpan.FromSeconds(10);

    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly SupplyReader _supplies;
    private readonly TimeProvider _time;
    private readonly SiteCalendar _calendar;
    private readonly SemaphoreSlim _reading = new(1, 1); // guards what follows
    private readonly Dictionary<Guid, double[]> _presences = []; // by site; the empty one for all together
    private readonly Dictionary<(Guid Site, Segment Segment), IReadOnlyList<VisitPattern>> _patterns = [];
    private (DateOnly Day, int Weeks, double Exposures, double Companions) _known;
    private (long At, DateOnly Day, IReadOnlyList<SnapshotCampaign> Campaigns)? _booked;

    public ForecastReader(
        IDbContextFactory<FaceAdDbContext> contexts, SupplyReader supplies, IConfiguration configuration, TimeProvider time)
    {
        (_contexts, _supplies, _time) = (contexts, supplies, time);
        _calendar = new SiteCalendar(PagesZone.Of(configuration).Id, SiteCalendar.DefaultAnchor);
    }

    /// <summary>Prepares forecasts of a campaign, as it would be booked now.</summary>
    /// <param name="plan">The campaign, booked or not; at most <see cref="MostSites"/> sites.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<Forecaster> ReadAsync(SnapshotCampaign plan, CancellationToken cancellation = default)
    {
        var today = _calendar.DayOf(_time.GetUtcNow());
        var supply = await _supplies.ReadAsync(plan.SiteIds, today, cancellation);
        ForecastFacts facts;
        IReadOnlyList<SnapshotCampaign> booked;
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await _contexts.CreateDbContextAsync(cancellation);
            await db.Database.OpenConnectionAsync(cancellation);
            await LearnAsync(db, plan.SiteIds, today, cancellation);
            var places = plan.SiteIds.Count > 0 ? plan.SiteIds : [Guid.Empty];
            facts = new ForecastFacts
            {
                Calendar = _calendar,
                Supply = supply,
                Presences = places.Where(_presences.ContainsKey).ToDictionary(s => s, s => _presences[s]),
                Measured = _known.Weeks,
                Exposures = _known.Exposures,
                Companions = _known.Companions,
                Patterns = places.SelectMany(site => plan.Targets.Distinct().Select(segment => (site, segment)))
                    .Where(_patterns.ContainsKey).ToDictionary(p => p, p => _patterns[p]),
            };
            booked = await BookedAsync(db, today, cancellation);
        }
        finally
        {
            _reading.Release();
        }
        return new Forecaster(plan, facts, booked, today);
    }

    /// <summary>The names of the campaigns that want the same people, for those who may see them.</summary>
    /// <param name="forecast">The forecast.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(Forecast forecast, CancellationToken cancellation = default)
    {
        var ids = forecast.Rivals.Select(r => r.Campaign).ToArray();
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        return await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, cancellation);
    }

    /// <summary>What is approved and not over, without creatives; at most ten seconds old.</summary>
    /// <param name="cancellation">Cancels the reading.</param>
    public async Task<IReadOnlyList<SnapshotCampaign>> BookedAsync(CancellationToken cancellation = default)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            await using var db = await _contexts.CreateDbContextAsync(cancellation);
            return await BookedAsync(db, _calendar.DayOf(_time.GetUtcNow()), cancellation);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task LearnAsync(FaceAdDbContext db, IReadOnlyList<Guid> sites, DateOnly today, CancellationToken cancellation)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        if (_known.Day != today)
        {
            _presences.Clear();
            _patterns.Clear();
            await ReadEverywhereAsync(connection, today, cancellation);
        }
        Guid[] missing = [.. sites.Where(s => !_presences.ContainsKey(s))];
        if (missing.Length > 0) await ReadSitesAsync(connection, missing, today, cancellation);
    }

    private async Task ReadEverywhereAsync(NpgsqlConnection connection, DateOnly today, CancellationToken cancellation)
    {
        object?[] asked = [SupplyReader.MostScreens, today, today.AddDays(-SupplyReader.Days)];
        var batch = new ReadBatch(connection);
        var weeks = batch.Add("""
            SELECT ($2::date - h.day - 1) / 7, h.segment, sum(h.presences)::float8
                * greatest(1, (SELECT count(*) FROM screens)::float8 / $1)
            FROM (SELECT id FROM screens ORDER BY id LIMIT $1) s
            JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $3 AND h.day < $2 GROUP BY 1, 2
            """, asked, r => (Week: r.GetInt32(0), Segment: (Segment)r.GetInt32(1), Presences: r.GetDouble(2)));
        var shown = batch.Add(
            "SELECT COALESCE(sum(impressions), 0)::float8 FROM campaign_days WHERE day >= $1 AND day < $2", [asked[2], today],
            r => r.GetDouble(0));
        var filled = batch.Add(
            "SELECT COALESCE(sum(filled)::float8 / nullif(sum(slots), 0), 0) FROM slot_hours WHERE day >= $1 AND day < $2",
            [asked[2], today], r => r.GetDouble(0));
        // Any of them will do: a sample.
        var beside = batch.Add("""
            SELECT COALESCE(sum(viewers * (viewers - 1))::float8 / nullif(sum(viewers), 0), 0.5)
            FROM (SELECT viewers FROM decisions WHERE viewers > 0 LIMIT 20000) d
            """, [], r => r.GetDouble(0));
        var patterns = batch.Add("""
            SELECT v.days, v.segment, u.place, sum(u.persons)::bigint, sum(u.rides)::bigint
            FROM (SELECT DISTINCT ON (site_id, days, segment) days::int AS days, segment, persons, rides FROM visit_counts
                ORDER BY site_id, days, segment, epoch DESC) v, unnest(v.persons, v.rides) WITH ORDINALITY u(persons, rides, place)
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [], r => (
                Days: r.GetInt32(0), Segment: (Segment)r.GetInt32(1), Persons: r.IsDBNull(3) ? (long?)null : r.GetInt64(3),
                Rides: r.GetInt64(4)));
        await batch.RunAsync(cancellation);
        var all = new double[ForecastFacts.Weeks * SegmentProbabilities.Segments.Count];
        foreach (var row in weeks.Where(w => w.Segment != Segment.Unknown)) all[Place(row.Segment, row.Week)] = row.Presences;
        _presences[Guid.Empty] = all;
        foreach (var of in patterns.GroupBy(p => p.Segment))
        {
            _patterns[(Guid.Empty, of.Key)] = [.. of.GroupBy(p => p.Days)
                .Select(p => new VisitPattern(p.Key, [.. p.Select(r => r.Persons).OfType<long>()], [.. p.Select(r => r.Rides)]))];
        }
        var (impressions, presences) = (shown[0], weeks.Sum(w => w.Presences) * filled[0]);
        var exposures = impressions < LeastImpressions || presences <= 0 ? 1 : Math.Clamp(impressions / presences, 0.2, 5);
        var measured = Enumerable.Range(0, ForecastFacts.Weeks).TakeWhile(w => weeks.Any(r => r.Week == w && r.Presences > 0)).Count();
        _known = (today, measured, exposures, beside[0]);
    }

    private async Task ReadSitesAsync(NpgsqlConnection connection, Guid[] sites, DateOnly today, CancellationToken cancellation)
    {
        var batch = new ReadBatch(connection);
        var weeks = batch.Add("""
            SELECT s.site_id, ($2::date - h.day - 1) / 7, h.segment, sum(h.presences)::float8
            FROM screens s JOIN screen_hours h ON h.screen_id = s.id AND h.day >= $3 AND h.day < $2 AND h.segment > 0
            WHERE s.site_id = ANY ($1) GROUP BY 1, 2, 3
            """, [sites, today, today.AddDays(-SupplyReader.Days)],
            r => (Site: r.GetGuid(0), Week: r.GetInt32(1), Segment: (Segment)r.GetInt32(2), Presences: r.GetDouble(3)));
        var patterns = batch.Add(
            "SELECT site_id, segment, days::int, persons, rides FROM visit_counts WHERE site_id = ANY ($1) ORDER BY epoch DESC", [sites],
            r => (Site: r.GetGuid(0), Segment: (Segment)r.GetInt32(1),
                Pattern: new VisitPattern(r.GetInt32(2), r.GetFieldValue<long[]>(3), r.GetFieldValue<long[]>(4))));
        await batch.RunAsync(cancellation);
        foreach (var site in sites) _presences[site] = new double[ForecastFacts.Weeks * SegmentProbabilities.Segments.Count];
        foreach (var row in weeks) _presences[row.Site][Place(row.Segment, row.Week)] = row.Presences;
        foreach (var of in patterns.GroupBy(p => (p.Site, p.Segment))) _patterns[of.Key] = [.. of.Select(p => p.Pattern)];
    }

    private static int Place(Segment segment, int week) => (((int)segment - 1) * ForecastFacts.Weeks) + week;

    private async Task<IReadOnlyList<SnapshotCampaign>> BookedAsync(FaceAdDbContext db, DateOnly today, CancellationToken cancellation)
    {
        if (_booked is { } known && known.Day == today && _time.GetElapsedTime(known.At) < BookedFor) return known.Campaigns;
        var campaigns = (await db.Campaigns.AsNoTracking().Include(c => c.Total)
            .Where(c => c.State == CampaignState.Approved && c.DeletedAt == null && c.EndsOn >= today)
            .OrderBy(c => c.Id).ToListAsync(cancellation)).ConvertAll(SnapshotCampaigns.Of);
        _booked = (_time.GetTimestamp(), today, campaigns);
        return campaigns;
    }
}
