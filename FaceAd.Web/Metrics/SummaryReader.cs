using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>Reads the figures of several campaigns, each in its own days, with as many queries as for one.</summary>
sealed class SummaryReader(NpgsqlConnection connection, IReadOnlyList<MetricsScope> scopes, CancellationToken cancellation)
{
    // People are counted from first to last, all else from begins to ends.
    private const string Windows = "unnest($1, $2, $3, $4, $5, $6) AS w (campaign_id, first, last, epoch, begins, ends)";

    private object?[] Values =>
    [
        scopes.Select(s => s.Campaign.Id).ToArray(), scopes.Select(s => s.Window.FirstDay).ToArray(),
        scopes.Select(s => s.Window.LastDay).ToArray(), scopes.Select(s => s.Window.Epoch).ToArray(),
        scopes.Select(s => s.Days.FirstDay).ToArray(), scopes.Select(s => s.Days.LastDay).ToArray(),
    ];

    /// <summary>Resolves the whole flights of several campaigns.</summary>
    public static async Task<IReadOnlyList<MetricsScope>> ScopesAsync(
        FaceAdDbContext db, IReadOnlyCollection<Guid> ids, DateTimeOffset now, CancellationToken cancellation)
    {
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToListAsync(cancellation);
        var sites = await db.Sites.AsNoTracking().OrderBy(s => s.CreatedAt).ToListAsync(cancellation);
        var calendars = sites.ToDictionary(s => s.Id, s => s.Calendar());
        return [.. campaigns.Select(campaign =>
        {
            var first = sites.FirstOrDefault(s => campaign.SiteIds.Length == 0 || campaign.SiteIds.Contains(s.Id));
            var calendar = first is null ? SiteCalendar.Default : calendars[first.Id];
            return MetricsScope.Everywhere(campaign, calendar, now);
        })];
    }

    /// <summary>Plays of each campaign.</summary>
    public async Task<Dictionary<Guid, PlayFigures>> ReadPlaysAsync() => (await connection.QueryAsync($"""
        SELECT w.campaign_id, {PlayFigures.Columns}
        FROM {Windows} JOIN play_hours h ON h.campaign_id = w.campaign_id AND h.day BETWEEN w.begins AND w.ends GROUP BY 1
        """, Values, r => (r.GetGuid(0), PlayFigures.Read(r, 1)), cancellation))
        .ToDictionary(r => r.Item1, r => r.Item2);

    /// <summary>Exposures of each campaign by segment.</summary>
    public async Task<ILookup<Guid, (Segment Segment, ExposureFigures Figures, PeriodFigures Period)>> ReadSegmentsAsync() =>
        (await connection.QueryAsync($"""
            SELECT w.campaign_id, h.segment, {PeriodFigures.Columns("h.day BETWEEN w.first AND w.last")}, {ExposureFigures.Columns}
            FROM {Windows} JOIN exposure_hours h ON h.campaign_id = w.campaign_id AND h.day BETWEEN w.begins AND w.ends GROUP BY 1, 2
            """, Values,
            r => (Campaign: r.GetGuid(0), Row: ((Segment)r.GetInt32(1), ExposureFigures.Read(r, 4), PeriodFigures.Read(r, 2))),
            cancellation))
        .ToLookup(r => r.Campaign, r => r.Row);

    /// <summary>People reached by each campaign, by segment.</summary>
    public async Task<ILookup<Guid, (Segment Segment, int Persons)>> ReadReachedAsync() => (await connection.QueryAsync($"""
        SELECT w.campaign_id, d.segment, sum(d.persons)::int
        FROM {Windows} JOIN reach_days d ON d.campaign_id = w.campaign_id AND d.epoch = w.epoch AND d.site_id = $7
            AND d.day BETWEEN w.first AND w.last AND d.previous_day < w.first GROUP BY 1, 2
        """, [.. Values, Guid.Empty], ReadPersons, cancellation)).ToLookup(r => r.Campaign, r => r.Row);

    /// <summary>People seen at each campaign's sites, by segment.</summary>
    public async Task<ILookup<Guid, (Segment Segment, int Persons)>> ReadUniverseAsync()
    {
        var pairs = scopes.SelectMany(s => s.UniverseSites.Select(site => (Scope: s, Site: site))).ToList();
        return (await connection.QueryAsync("""
            SELECT w.campaign_id, d.segment, sum(d.persons)::int
            FROM unnest($1, $2, $3, $4, $5) AS w (campaign_id, first, last, epoch, site_id) JOIN universe_days d ON d.site_id = w.site_id
                AND d.epoch = w.epoch
                AND d.day BETWEEN w.first AND w.last AND d.previous_day < w.first GROUP BY 1, 2
            """,
            [pairs.Select(p => p.Scope.Campaign.Id).ToArray(), pairs.Select(p => p.Scope.Window.FirstDay).ToArray(),
                pairs.Select(p => p.Scope.Window.LastDay).ToArray(), pairs.Select(p => p.Scope.Window.Epoch).ToArray(),
                pairs.Select(p => p.Site).ToArray()],
            ReadPersons, cancellation)).ToLookup(r => r.Campaign, r => r.Row);
    }

    /// <summary>Target impressions of campaigns priced per thousand, before their days and up to the end of these.</summary>
    public async Task<Dictionary<Guid, Charged>> ReadChargedAsync()
    {
        var paying = scopes.Where(s => s.Campaign.PriceModel == PriceModel.PerThousand).ToList();
        if (paying.Count == 0) return [];
        return (await connection.QueryAsync("""
            SELECT w.campaign_id, COALESCE(sum(h.on_target) FILTER (WHERE h.day < w.first), 0)::bigint, sum(h.on_target)::bigint
            FROM unnest($1, $2, $3) AS w (campaign_id, first, last) JOIN exposure_hours h ON h.campaign_id = w.campaign_id
                AND h.day <= w.last GROUP BY 1
            """,
            [paying.Select(s => s.Campaign.Id).ToArray(), paying.Select(s => s.Days.FirstDay).ToArray(),
                paying.Select(s => s.Days.LastDay).ToArray()],
            r => (r.GetGuid(0), new Charged(r.GetInt64(1), r.GetInt64(2))), cancellation)).ToDictionary(r => r.Item1, r => r.Item2);
    }

    private static (Guid Campaign, (Segment Segment, int Persons) Row) ReadPersons(NpgsqlDataReader r) =>
        (r.GetGuid(0), ((Segment)r.GetInt32(1), r.GetInt32(2)));
}
