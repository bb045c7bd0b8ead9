using System.Globalization;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>Says where buildings are, for those who look for one.</summary>
/// <param name="contexts">The database.</param>
/// <param name="time">The clock.</param>
sealed class SitePlaces(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>Sets a building's address and its place on the map.</summary>
    /// <param name="by">The acting user; null for the system.</param>
    /// <param name="siteId">The building.</param>
    /// <param name="address">Postal address, at most 240 characters.</param>
    /// <param name="place">Degrees north and east, WGS 84; null for nowhere.</param>
    /// <returns>Whether there is such a building.</returns>
    /// <exception cref="ArgumentException">The address is too long, or there is no such place.</exception>
    public async Task<bool> SetAsync(Viewer? by, Guid siteId, string address, (double Latitude, double Longitude)? place)
    {
        if (!StorableText.Fits(address.Trim(), Site.MaxAddress))
            throw new ArgumentException($"An address has at most {Site.MaxAddress} characters.", nameof(address));
        if (place is { } at && !(Math.Abs(at.Latitude) <= 90 && Math.Abs(at.Longitude) <= 180))
            throw new ArgumentException("A place is within 90 degrees north or south and 180 east or west.", nameof(place));
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Sites.FromSql($"SELECT * FROM sites WHERE id = {siteId} FOR UPDATE").SingleOrDefaultAsync() is not { } site)
            return false;
        (site.Address, site.Latitude, site.Longitude) = (StorableText.Trimmed(address) ?? "", place?.Latitude, place?.Longitude);
        db.Audit(by, time.GetUtcNow(), AuditVerb.SiteChanged, AuditSubject.Site, siteId, site.Name, ("address", site.Address),
            ("place", place is { } p ? string.Create(CultureInfo.InvariantCulture, $"{p.Latitude:0.#####}, {p.Longitude:0.#####}") : "–"));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }
}
