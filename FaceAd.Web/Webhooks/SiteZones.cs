using FaceAd.Core;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Webhooks;

/// <summary>
/// The time zones of all sites. Nearly always they share one; only else does it matter which campaign is booked where.
/// </summary>
sealed class SiteZones
{
    private readonly SiteCalendar[] _zones;
    private readonly Dictionary<Guid, int>? _ofSite; // places among them

    private SiteZones(SiteCalendar[] zones, Dictionary<Guid, int>? ofSite) => (_zones, _ofSite) = (zones, ofSite);

    /// <summary>Reads them.</summary>
    /// <param name="db">The database.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SiteZones> ReadAsync(FaceAdDbContext db, CancellationToken cancellation)
    {
        var names = await db.Sites.Select(s => s.TimeZone).Distinct().ToListAsync(cancellation);
        SiteCalendar[] zones = [.. names.Select(n => new SiteCalendar(n, SiteCalendar.DefaultAnchor))];
        if (zones.Length < 2) return new SiteZones(zones is [] ? [SiteCalendar.Default] : zones, null);
        var sites = await db.Sites.Select(s => new { s.Id, s.TimeZone }).ToListAsync(cancellation);
        // A site in a zone that has just come is as unknown as one that comes now.
        return new SiteZones(
            zones, sites.Where(s => names.Contains(s.TimeZone)).ToDictionary(s => s.Id, s => names.IndexOf(s.TimeZone)));
    }

    /// <summary>The day in each zone: campaigns begin, pause and end with days alone.</summary>
    public DateOnly[] DaysAt(DateTimeOffset now) => Array.ConvertAll(_zones, z => z.DayOf(now));

    /// <summary>The clocks at a campaign's sites; no sites stand for all.</summary>
    public Func<Guid[], IEnumerable<DateTime>> ClocksAt(DateTimeOffset now)
    {
        var clocks = Array.ConvertAll(_zones, z => z.ClockAt(now));
        return siteIds => _ofSite is null || siteIds.Length == 0 ? clocks
            : siteIds.Where(_ofSite.ContainsKey).Select(id => clocks[_ofSite[id]]).Distinct().DefaultIfEmpty(clocks[0]);
    }
}
