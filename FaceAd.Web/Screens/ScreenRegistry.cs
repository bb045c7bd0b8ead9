using FaceAd.Core;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>Creates and changes sites, screens and device tokens.</summary>
sealed class ScreenRegistry(
    IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory directory, TimeProvider time, ILogger<ScreenRegistry> log)
{
    /// <summary>Creates a site.</summary>
    /// <param name="name">Name, unique, 1 to 120 characters.</param>
    /// <param name="address">Postal address, at most 240 characters.</param>
    /// <param name="timeZone">IANA time zone that defines the days of its figures.</param>
    /// <param name="notice">Notice shown on its screens while measurement is on, at most 240 characters.</param>
    /// <param name="consent">Reference to the building's consent, at most 240 characters; null or empty: none yet, and cameras stay
    /// off.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <exception cref="ArgumentException">A text is missing or too long, or the time zone is unknown.</exception>
    /// <exception cref="DbUpdateException">The name or identity is already in use.</exception>
    public async Task<Site> RegisterSiteAsync(
        string name, string address, string timeZone, string notice, string? consent = null, Viewer? by = null, Guid? id = null)
    {
        CheckPlace(name, address, timeZone);
        if (!StorableText.Fits(notice, Site.MaxReference))
            throw new ArgumentException($"A notice has at most {Site.MaxReference} characters.", nameof(notice));
        if (!StorableText.Fits(consent, Site.MaxReference))
            throw new ArgumentException($"A reference has at most {Site.MaxReference} characters.", nameof(consent));
        var consented = !StorableText.IsBlank(consent);
        if (consented && StorableText.IsBlank(notice))
            throw new ArgumentException("A site with consent needs a notice.", nameof(notice));
        var now = time.GetUtcNow();
        var site = new Site
        {
            Id = id ?? Guid.CreateVersion7(),
            Name = name.Trim(),
            Address = StorableText.Trimmed(address) ?? "",
            TimeZone = timeZone,
            Notice = StorableText.Trimmed(notice) ?? "",
            CreatedAt = now,
        };
        await using var db = await contexts.CreateDbContextAsync();
        db.Sites.Add(site);
        db.Audit(by, now, AuditVerb.SiteRegistered, AuditSubject.Site, site.Id, site.Name);
        if (consented)
        {
            (site.ConsentAt, site.ConsentBy, site.ConsentReference, site.Measurement) = (now, by?.Name, consent!.Trim(), true);
            db.Audit(by, now, AuditVerb.ConsentRecorded, AuditSubject.Site, site.Id, site.Name, ("reference", site.ConsentReference));
            db.Audit(by, now, AuditVerb.MeasurementOn, AuditSubject.Site, site.Id, site.Name);
        }
        await db.SaveChangesAsync();
        log.LogInformation("Site {SiteId} created", site.Id);
        return site;
    }

    /// <summary>Creates a screen. The token is returned here and stored nowhere.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="name">Name, unique at the site, 1 to 120 characters.</param>
    /// <param name="mode">Where its frames are analysed.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="DbUpdateException">There is no such site, or the name or identity is already in use.</exception>
    public async Task<(Screen Screen, string Token)> RegisterAsync(
        Guid siteId, string name, InferenceMode mode, Viewer? by = null, Guid? id = null)
    {
        CheckName(name);
        var token = DeviceToken.Generate();
        var screen = new Screen
        {
            Id = id ?? Guid.CreateVersion7(),
            SiteId = siteId,
            Name = name.Trim(),
            Mode = mode,
            TokenHash = DeviceToken.Hash(token),
            CreatedAt = time.GetUtcNow(),
        };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            db.Screens.Add(screen);
            db.Audit(by, screen.CreatedAt, AuditVerb.ScreenRegistered, AuditSubject.Screen, screen.Id, screen.Name);
            await db.SaveChangesAsync();
        }
        await directory.RefreshAsync();
        log.LogInformation("Screen {ScreenId} created at site {SiteId}", screen.Id, siteId);
        return (screen, token);
    }

    /// <summary>
    /// Changes a site's name, address and time zone. The time zone is fixed once one of its screens has connected: days already counted
    /// would no longer match.
    /// </summary>
    /// <param name="siteId">The site.</param>
    /// <param name="name">Name, unique, 1 to 120 characters.</param>
    /// <param name="address">Postal address, at most 240 characters.</param>
    /// <param name="timeZone">IANA time zone.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <returns>The updated site; null when there is none.</returns>
    /// <exception cref="ArgumentException">A text is missing or too long, or the time zone is unknown.</exception>
    /// <exception cref="InvalidOperationException">The time zone can no longer change.</exception>
    /// <exception cref="DbUpdateException">The name is already in use.</exception>
    public async Task<Site?> ChangeSiteAsync(Guid siteId, string name, string address, string timeZone, Viewer? by = null)
    {
        CheckPlace(name, address, timeZone);
        Site? site;
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            site = await db.Sites.FromSql($"SELECT * FROM sites WHERE id = {siteId} FOR UPDATE").SingleOrDefaultAsync();
            if (site is null) return null;
            if (site.TimeZone != timeZone && await db.Screens.AnyAsync(s => s.SiteId == siteId && s.LastSeenAt != null))
                throw new InvalidOperationException("The time zone can no longer change: a screen of this site has connected.");
            var terms = (StorableText.Trimmed(name)!, StorableText.Trimmed(address) ?? "", timeZone);
            var changed = (site.Name, site.Address, site.TimeZone) != terms;
            (site.Name, site.Address, site.TimeZone) = terms;
            if (changed)
                db.Audit(by, time.GetUtcNow(), AuditVerb.SiteChanged, AuditSubject.Site, siteId, site.Name, ("address", site.Address),
                    ("timeZone", site.TimeZone));
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        await directory.RefreshAsync();
        return site;
    }

    /// <summary>Renames a screen.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="name">Name, unique at the site, 1 to 120 characters.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="DbUpdateException">The name is already in use at the site.</exception>
    public async Task RenameAsync(Guid screenId, string name, Viewer? by = null)
    {
        CheckName(name);
        await ChangeAsync(screenId, by, AuditVerb.ScreenRenamed, ("name", name.Trim()), screen => screen.Name = name.Trim());
    }

    /// <summary>
    /// Revokes a screen's token with immediate effect. The screen keeps playing its cached content and can no longer report.
    /// </summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="by">The acting user; null for the system.</param>
    public async Task RevokeAsync(Guid screenId, Viewer? by = null)
    {
        await ChangeAsync(screenId, by, AuditVerb.TokenRevoked, null, screen => screen.RevokedAt ??= time.GetUtcNow());
        log.LogInformation("Token of screen {ScreenId} revoked", screenId);
    }

    /// <summary>Replaces a screen's token, revoked or not. The old one stops working immediately.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <returns>The new token.</returns>
    public async Task<string> RenewTokenAsync(Guid screenId, Viewer? by = null)
    {
        var token = DeviceToken.Generate();
        await ChangeAsync(
            screenId, by, AuditVerb.TokenRenewed, null, screen => (screen.TokenHash, screen.RevokedAt) = (DeviceToken.Hash(token), null));
        log.LogInformation("Token of screen {ScreenId} renewed", screenId);
        return token;
    }

    /// <summary>
    /// Sets where a screen's frames are analysed. Its player learns of it within a second, and switches once the viewers in view have left,
    /// see <see cref="InferenceHandover"/>.
    /// </summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="mode">The new mode.</param>
    /// <param name="by">The acting user; null for the system.</param>
    public async Task SetModeAsync(Guid screenId, InferenceMode mode, Viewer? by = null)
    {
        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown mode.");
        await ChangeAsync(screenId, by, AuditVerb.ModeChanged, ("mode", mode.ToString()), screen => screen.Mode = mode);
        log.LogInformation("Screen {ScreenId}: frames will be analysed by the {Mode}", screenId, mode);
    }

    private static void CheckPlace(string name, string address, string timeZone)
    {
        CheckName(name);
        if (!StorableText.Fits(address, Site.MaxAddress))
            throw new ArgumentException($"An address has at most {Site.MaxAddress} characters.", nameof(address));
        if (timeZone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _))
            throw new ArgumentException($"Unknown time zone '{timeZone}'.", nameof(timeZone));
    }

    private static void CheckName(string name)
    {
        if (StorableText.IsBlank(name) || !StorableText.Fits(name, 120))
            throw new ArgumentException("A name has 1 to 120 characters.", nameof(name));
    }

    // The change and its audit entry are one transaction. A missing screen is not an error: there is nothing left to change.
    private async Task ChangeAsync(Guid screenId, Viewer? by, AuditVerb verb, (string, string?)? detail, Action<Screen> change)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            if (await db.Screens.SingleOrDefaultAsync(s => s.Id == screenId) is not { } screen) return;
            change(screen);
            db.Audit(by, time.GetUtcNow(), verb, AuditSubject.Screen, screenId, screen.Name, detail is { } said ? [said] : []);
            await db.SaveChangesAsync();
        }
        await directory.RefreshAsync();
    }
}
