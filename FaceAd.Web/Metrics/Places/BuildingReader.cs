using FaceAd.Core;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics.Places;

/// <summary>A page of buildings.</summary>
/// <param name="Buildings">The buildings, by name.</param>
/// <param name="Total">How many match in all.</param>
sealed record FoundBuildings(IReadOnlyList<BuildingFigures> Buildings, int Total);

/// <summary>Reads buildings for those who may book them, from sums of screens by hour and by day: costs by the buildings shown.</summary>
sealed class BuildingReader(IDbContextFactory<FaceAdDbContext> contexts)
{
    /// <summary>Whole days looked back at, the last of them yesterday.</summary>
    public const int Days = 28;

    /// <summary>Buildings on a page.</summary>
    public const int PageSize = 12;

    /// <summary>The most buildings on the map.</summary>
    public const int MostOnMap = 300;

    /// <summary>A page of buildings that have screens.</summary>
    /// <param name="search">Part of the name or address; null for all.</param>
    /// <param name="page">Number of the page, from 0; one beyond the last is empty.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<FoundBuildings> ListAsync(string? search, int page, DateOnly today, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var found = Matching(db, search);
        var sites = await found.OrderBy(s => s.Name).Skip(page * PageSize).Take(PageSize).ToListAsync(cancellation);
        return new FoundBuildings(await FiguresAsync(db, sites, today, cancellation), await found.CountAsync(cancellation));
    }

    /// <summary>One building; null when there is none with a screen.</summary>
    /// <param name="id">The building.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<BuildingFigures?> FindAsync(Guid id, DateOnly today, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var sites = await Matching(db, null).Where(s => s.Id == id).ToListAsync(cancellation);
        return (await FiguresAsync(db, sites, today, cancellation)).SingleOrDefault();
    }

    /// <summary>Where the buildings are of which somebody has said it, by name, at most <see cref="MostOnMap"/>.</summary>
    /// <param name="search">Part of the name or address; null for all.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<IReadOnlyList<BuildingPoint>> MapAsync(string? search, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await Matching(db, search).Where(s => s.Latitude != null && s.Longitude != null).OrderBy(s => s.Name).Take(MostOnMap)
            .Select(s => new BuildingPoint(s.Id, s.Name, s.Latitude!.Value, s.Longitude!.Value)).ToListAsync(cancellation);
    }

    private static IQueryable<Site> Matching(FaceAdDbContext db, string? search)
    {
        var part = Sql.Pattern(search);
        return db.Sites.AsNoTracking().Where(s => db.Screens.Any(c => c.SiteId == s.Id && c.RevokedAt == null)
            && (part == null || EF.Functions.ILike(s.Name, part, @"\") || EF.Functions.ILike(s.Address, part, @"\")));
    }

    private static async Task<IReadOnlyList<BuildingFigures>> FiguresAsync(
        FaceAdDbContext db, List<Site> sites, DateOnly today, CancellationToken cancellation)
    {
        if (sites.Count == 0) return [];
        await db.Database.OpenConnectionAsync(cancellation);
        var ids = sites.Select(s => s.Id).ToArray();
        var screens = await db.Screens.AsNoTracking().Where(c => ids.Contains(c.SiteId))
            .Select(c => new { c.Id, c.SiteId, IsRevoked = c.RevokedAt != null }).ToListAsync(cancellation);
        object?[] asked =
            [screens.Select(c => c.Id).ToArray(), screens.Select(c => c.SiteId).ToArray(), today.AddDays(-Days), today.AddDays(-1)];
        var batch = new ReadBatch((NpgsqlConnection)db.Database.GetDbConnection());
        // Screen by screen: in one join the planner would rather read the hours of all screens there are.
        const string of = "FROM unnest($1::uuid[], $2::uuid[]) AS c (screen_id, site_id) CROSS JOIN LATERAL";
        const string then = "screen_id = c.screen_id AND day BETWEEN $3 AND $4";
        var sums = batch.Add(
            $"""
            SELECT c.site_id, h.hour::int, h.segment, sum(h.presences)::bigint
            {of} (SELECT hour, segment, sum(presences) AS presences FROM screen_hours WHERE {then} GROUP BY 1, 2) AS h GROUP BY 1, 2, 3
            """, asked,
            r => (Site: r.GetGuid(0), Hour: r.GetInt32(1), Segment: (Segment)r.GetInt32(2), Presences: r.GetInt64(3)));
        var days = batch.Add(
            $"""
            SELECT c.site_id, count(DISTINCT h.day)::int
            {of} (SELECT DISTINCT day FROM screen_hours WHERE {then} AND presences > 0) AS h GROUP BY 1
            """, asked, r => (Site: r.GetGuid(0), Days: r.GetInt32(1)));
        var plays = batch.Add(
            $"""
            SELECT c.site_id, COALESCE(sum(d.plays), 0)::bigint, COALESCE(sum(d.measured), 0)::bigint
            {of} (SELECT sum(plays) AS plays, sum(measured) AS measured FROM play_days WHERE {then}) AS d GROUP BY 1
            """, asked, r => (Site: r.GetGuid(0), Played: (r.GetInt64(1), r.GetInt64(2))));
        await batch.RunAsync(cancellation);
        var (bySite, daysOf, playsOf) = (
            sums.ToLookup(r => r.Site), days.ToDictionary(r => r.Site, r => r.Days), plays.ToDictionary(r => r.Site, r => r.Played));
        return [.. sites.Select(site => new BuildingFigures
        {
            Id = site.Id,
            Name = site.Name,
            Address = site.Address,
            Place = site is { Latitude: { } north, Longitude: { } east } ? (north, east) : null,
            Picture = site.PictureSha256,
            Measures = site.Measures,
            Screens = screens.Count(c => c.SiteId == site.Id && !c.IsRevoked),
            Rides = bySite[site.Id].Sum(r => r.Presences),
            MeasuredDays = daysOf.GetValueOrDefault(site.Id),
            Hours = [.. Enumerable.Range(0, 24).Select(hour => bySite[site.Id].Where(r => r.Hour == hour).Sum(r => r.Presences))],
            Segments = bySite[site.Id].Where(r => r.Segment != Segment.Unknown).GroupBy(r => r.Segment)
                .ToDictionary(g => g.Key, g => g.Sum(r => r.Presences)),
            Played = playsOf.GetValueOrDefault(site.Id),
        })];
    }
}
