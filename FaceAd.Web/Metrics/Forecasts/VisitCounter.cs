using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>
/// Counts how often people came, each time a week of an epoch is over, while their records are still there. Of each site the running
/// epoch's counts are kept, and those of the one before. One node at a time counts.
/// </summary>
sealed class VisitCounter(
    IDbContextFactory<FaceAdDbContext> contexts, PrivacyTerms terms, TimeProvider time, ILogger<VisitCounter> log) : BackgroundService
{
    private const int Week = 7;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(20);

    private readonly HashSet<(Guid Site, int Epoch, int Days)> _done = []; // also where nobody came, which leaves no row

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
                log.LogWarning("Could not count how often people come ({Reason}); will retry", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Counts what is over and has not been counted.</summary>
    /// <returns>Weeks counted.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var sites = await db.Sites.AsNoTracking().Select(s => new { s.Id, s.TimeZone, s.EpochAnchor }).ToListAsync(cancellation);
        List<(Guid Site, string Zone, SiteCalendar Calendar, int Epoch, int Days)> due = [];
        foreach (var site in sites)
        {
            var calendar = new SiteCalendar(site.TimeZone, site.EpochAnchor);
            var today = calendar.DayOf(now);
            var epoch = calendar.EpochOf(today);
            for (var days = Week; days <= today.DayNumber - calendar.FirstDayOf(epoch).DayNumber; days += Week)
                due.Add((site.Id, site.TimeZone, calendar, epoch, days));
            if (now < terms.EndOf(calendar, epoch - 1)) due.Add((site.Id, site.TimeZone, calendar, epoch - 1, SiteCalendar.EpochDays));
        }
        due.RemoveAll(d => _done.Contains((d.Site, d.Epoch, d.Days)));
        if (due.Count == 0) return 0;
        var counted = (await db.Set<VisitCounts>().AsNoTracking().Select(c => new { c.SiteId, c.Epoch, c.Days }).Distinct()
            .ToListAsync(cancellation)).Select(c => (c.SiteId, c.Epoch, (int)c.Days)).ToHashSet();
        var weeks = 0;
        foreach (var (site, zone, calendar, epoch, days) in due)
        {
            if (!counted.Contains((site, epoch, days)))
            {
                await CountAsync(db, site, zone, calendar, epoch, days, cancellation);
                weeks++;
            }
            _done.Add((site, epoch, days));
        }
        var newest = due.GroupBy(d => d.Site).ToDictionary(g => g.Key, g => g.Max(d => d.Epoch));
        _done.RemoveWhere(d => newest.TryGetValue(d.Site, out var epoch) && d.Epoch < epoch - 1);
        return weeks;
    }

    private static async Task CountAsync(
        FaceAdDbContext db, Guid site, string zone, SiteCalendar calendar, int epoch, int days, CancellationToken cancellation)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('facead.visit-counts', 0))", [], cancellation);
        var (first, end) = (calendar.FirstDayOf(epoch), calendar.FirstDayOf(epoch).AddDays(days));
        object?[] window = [site, first, end, calendar.StartOf(first), calendar.StartOf(end), zone];
        const string Seen = """
            WITH seen AS (
                SELECT v.person_id, v.segment, count(DISTINCT v.day)::int AS days FROM screens c JOIN visits v ON v.screen_id = c.id
                WHERE c.site_id = $1 AND v.day >= $2 AND v.day < $3 AND v.segment <> 0 GROUP BY 1, 2)
            """;
        var people = await connection.QueryAsync($"{Seen} SELECT segment, days, count(*) FROM seen GROUP BY 1, 2", window[..3],
            r => (Segment: r.GetInt32(0), Days: r.GetInt32(1), Count: r.GetInt64(2)), cancellation);
        var presences = await connection.QueryAsync($"""
            {Seen}
            SELECT s.segment, s.days, extract(hour FROM p.seen_from AT TIME ZONE $6)::int, count(*)
            FROM seen s JOIN presences p ON p.person_id = s.person_id AND p.seen_from >= $4 AND p.seen_from < $5 GROUP BY 1, 2, 3
            """, window, r => (Segment: r.GetInt32(0), Days: r.GetInt32(1), Hour: r.GetInt32(2), Count: r.GetInt64(3)), cancellation);
        foreach (var segment in people.GroupBy(r => r.Segment))
        {
            var (persons, rides) = (new long[days], new long[days * 24]);
            foreach (var row in segment) persons[row.Days - 1] = row.Count;
            foreach (var row in presences.Where(p => p.Segment == segment.Key)) rides[VisitPattern.Place(row.Days, row.Hour)] = row.Count;
            await connection.ExecuteAsync("""
                INSERT INTO visit_counts (site_id, days, segment, epoch, persons, rides) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT DO NOTHING
                """, [site, (short)days, segment.Key, epoch, persons, rides], cancellation);
        }
        await connection.ExecuteAsync("DELETE FROM visit_counts WHERE site_id = $1 AND epoch < $2", [site, epoch - 1], cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
