using FaceAd.Core;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>Calendars of all sites, for whoever needs those of many campaigns.</summary>
sealed class SiteCalendars
{
    private readonly Dictionary<Guid, int> _places; // in the order of registration
    private readonly SiteCalendar[] _calendars;

    private SiteCalendars(IReadOnlyList<Site> sites)
    {
        _calendars = [.. sites.Select(s => s.Calendar())];
        _places = sites.Select((s, i) => (s.Id, i)).ToDictionary(s => s.Id, s => s.i);
    }

    /// <summary>Reads them.</summary>
    public static async Task<SiteCalendars> ReadAsync(FaceAdDbContext db, CancellationToken cancellation) =>
        new(await db.Sites.AsNoTracking().OrderBy(s => s.CreatedAt)
            .Select(s => new Site { Id = s.Id, Name = "", TimeZone = s.TimeZone, EpochAnchor = s.EpochAnchor, CreatedAt = s.CreatedAt })
            .ToListAsync(cancellation));

    /// <summary>The calendar that a campaign's days are counted by: that of its site that was registered first.</summary>
    /// <param name="siteIds">Its sites; empty for all.</param>
    public SiteCalendar Of(IReadOnlyCollection<Guid> siteIds)
    {
        if (_calendars.Length == 0) return SiteCalendar.Default;
        if (siteIds.Count == 0) return _calendars[0];
        var first = siteIds.Min(id => _places.GetValueOrDefault(id, int.MaxValue));
        return first == int.MaxValue ? SiteCalendar.Default : _calendars[first];
    }
}
