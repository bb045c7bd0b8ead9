using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Delivery.Sales;

/// <summary>
/// Reads fill rate and sell-through by building and hour, for a page of buildings: it costs by what is shown and by what is booked.
/// Definitions: docs/metrics.md, "Fill rate" and "Sell-through".
/// </summary>
sealed class SalesReader
{
    /// <summary>Whole days looked back at, the last of them yesterday: each day of the week once.</summary>
    public const int DaysBack = 7;

    /// <summary>Days looked ahead at, the first of them tomorrow: each day of the week four times.</summary>
    public const int DaysAhead = 28;

    /// <summary>Buildings on a page.</summary>
    public const int PageSize = 10;

    private readonly IDbContextFactory<FaceAdDbContext> _contexts;
    private readonly RecentAnswers<(DateOnly Today, int Page), SalesPage> _kept;

    public SalesReader(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
    {
        _contexts = contexts;
        _kept = new(q => ComputeAsync(q.Today, q.Page, CancellationToken.None), time);
    }

    /// <summary>A page of buildings that have screens, by name; at most a minute old.</summary>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="page">Number of the page, from 0; one beyond the last is empty.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public Task<SalesPage> ReadAsync(DateOnly today, int page, CancellationToken cancellation = default) =>
        _kept.ReadAsync((today, page), cancellation);

    internal async Task<SalesPage> ComputeAsync(DateOnly today, int page, CancellationToken cancellation)
    {
        await using var db = await _contexts.CreateDbContextAsync(cancellation);
        var all = db.Sites.Where(s => db.Screens.Any(c => c.SiteId == s.Id && c.RevokedAt == null));
        var total = await all.CountAsync(cancellation);
        var sites = await all.OrderBy(s => s.Name).Skip(page * PageSize).Take(PageSize).Select(s => new { s.Id, s.Name })
            .ToListAsync(cancellation);
        if (sites.Count == 0) return new SalesPage([], total);
        Guid[] ids = [.. sites.Select(s => s.Id)];
        var booked = await BookedAsync(db, ids, today, cancellation);
        await db.Database.OpenConnectionAsync(cancellation);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        object?[] asked = [ids, today.AddDays(-DaysBack), today.AddDays(-1)];
        var slots = (await connection.QueryAsync("""
            SELECT site_id, hour::int, sum(slots)::bigint, sum(filled)::bigint FROM slot_hours
            WHERE site_id = ANY ($1) AND day BETWEEN $2 AND $3 GROUP BY 1, 2
            """, asked, r => (Site: r.GetGuid(0), Hour: r.GetInt32(1), Slots: r.GetInt64(2), Filled: r.GetInt64(3)), cancellation))
            .ToDictionary(r => (r.Site, r.Hour));
        var audience = (await connection.QueryAsync("""
            SELECT c.site_id, h.day, h.hour::int, h.segment, sum(h.presences)::bigint
            FROM screens c JOIN screen_hours h ON h.screen_id = c.id AND h.day BETWEEN $2 AND $3
            WHERE c.site_id = ANY ($1) AND h.segment <> 0 GROUP BY 1, 2, 3, 4
            """, asked, r => (
                Site: r.GetGuid(0), Day: r.GetFieldValue<DateOnly>(1), Hour: r.GetInt32(2), Segment: (Segment)r.GetInt32(3),
                Presences: r.GetInt64(4)), cancellation)).ToLookup(r => (r.Site, r.Hour));
        return new SalesPage(
            [.. sites.Select(s => new SiteSales(s.Id, s.Name, [.. Enumerable.Range(0, 24).Select(hour => Hour(s.Id, hour))]))], total);

        HourSales Hour(Guid site, int hour)
        {
            var (_, _, was, filled) = slots.GetValueOrDefault((site, hour));
            var (ahead, sold) = (0L, 0L);
            foreach (var past in audience[(site, hour)])
            {
                // What came on a day is taken to come again on the same day of each week ahead.
                for (var day = past.Day.DayNumber - today.DayNumber + DaysBack; day <= DaysAhead; day += DaysBack)
                {
                    if (day < 1) continue;
                    ahead += past.Presences;
                    if (((booked.Of(site, day - 1, past.Segment) >> hour) & 1) == 1) sold += past.Presences;
                }
            }
            return new HourSales(was, filled, ahead, sold);
        }
    }

    private static async Task<BookedHours> BookedAsync(
        FaceAdDbContext db, Guid[] sites, DateOnly today, CancellationToken cancellation)
    {
        var (first, last) = (today.AddDays(1), today.AddDays(DaysAhead));
        var campaigns = await db.Campaigns.AsNoTracking().Include(c => c.Total)
            .Where(c => c.State == CampaignState.Approved && c.DeletedAt == null && c.EndsOn >= first && c.StartsOn <= last
                && c.Creatives.Any() && (c.SiteIds.Length == 0 || c.SiteIds.Any(s => sites.Contains(s))))
            .ToListAsync(cancellation);
        BookedHours booked = new(first, DaysAhead);
        foreach (var campaign in campaigns) booked.Add(campaign.Terms, campaign.Targets);
        return booked;
    }
}
