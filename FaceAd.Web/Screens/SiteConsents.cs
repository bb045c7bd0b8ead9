using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>
/// Consent, notice and measurement of sites. Cameras run only where consent is recorded and the screens show a notice. Withdrawing the
/// consent stops them: immediately on this node, within two seconds on other nodes, and on players with the next programme.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="directory">Notified after each change.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
sealed class SiteConsents(
    IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory directory, TimeProvider time, ILogger<SiteConsents> log)
{
    /// <summary>
    /// Records a site's consent, or updates its reference. Switches nothing on: an earlier setting without consent is reset.
    /// </summary>
    /// <param name="siteId">The site.</param>
    /// <param name="reference">Reference to the consent, 1 to <see cref="Site.MaxReference"/> characters.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <exception cref="ArgumentException">The reference is empty or too long.</exception>
    public Task<ConsentRefusal?> RecordAsync(Guid siteId, string reference, Viewer? by = null)
    {
        if (StorableText.IsBlank(reference) || !StorableText.Fits(reference, Site.MaxReference))
            throw new ArgumentException($"A reference has 1 to {Site.MaxReference} characters.", nameof(reference));
        return ChangeAsync(siteId, (db, site, now) =>
        {
            site.Measurement = site.Measures;
            (site.ConsentAt, site.ConsentBy, site.ConsentReference) = (now, by?.Name, reference.Trim());
            db.Audit(by, now, AuditVerb.ConsentRecorded, AuditSubject.Site, siteId, site.Name, ("reference", site.ConsentReference));
            return null;
        });
    }

    /// <summary>Withdraws a site's consent, and switches measurement off with it.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="by">The acting user; null for the system.</param>
    public Task<ConsentRefusal?> WithdrawAsync(Guid siteId, Viewer? by = null) => ChangeAsync(siteId, (db, site, now) =>
    {
        if (site.ConsentAt is null) return ConsentRefusal.NoConsent;
        db.Audit(by, now, AuditVerb.ConsentWithdrawn, AuditSubject.Site, siteId, site.Name, ("reference", site.ConsentReference));
        if (site.Measures) db.Audit(by, now, AuditVerb.MeasurementOff, AuditSubject.Site, siteId, site.Name);
        (site.ConsentAt, site.ConsentBy, site.ConsentReference, site.Measurement) = (null, null, null, false);
        return null;
    });

    /// <summary>Switches a site's measurement on or off.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="measurement">True to run cameras.</param>
    /// <param name="by">The acting user; null for the system.</param>
    public Task<ConsentRefusal?> SetMeasurementAsync(Guid siteId, bool measurement, Viewer? by = null) => ChangeAsync(
        siteId, (db, site, now) =>
    {
        if (measurement && site.ConsentAt is null) return ConsentRefusal.NoConsent;
        if (measurement && StorableText.IsBlank(site.Notice)) return ConsentRefusal.NoNotice;
        if (site.Measurement != measurement)
            db.Audit(by, now, measurement ? AuditVerb.MeasurementOn : AuditVerb.MeasurementOff, AuditSubject.Site, siteId, site.Name);
        site.Measurement = measurement;
        return null;
    });

    /// <summary>Changes the notice on a site's screens. It cannot be emptied while measurement is on.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="notice">The notice, at most <see cref="Site.MaxReference"/> characters.</param>
    /// <param name="by">The acting user; null for the system.</param>
    /// <exception cref="ArgumentException">The notice is too long.</exception>
    public Task<ConsentRefusal?> SetNoticeAsync(Guid siteId, string notice, Viewer? by = null)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (!StorableText.Fits(notice, Site.MaxReference))
            throw new ArgumentException($"A notice has at most {Site.MaxReference} characters.", nameof(notice));
        return ChangeAsync(siteId, (db, site, now) =>
        {
            var said = StorableText.Trimmed(notice);
            if (site.Measurement && said is null) return ConsentRefusal.NoNotice;
            if (site.Notice == (said ?? "")) return null;
            site.Notice = said ?? "";
            db.Audit(by, now, AuditVerb.NoticeChanged, AuditSubject.Site, siteId, site.Name, ("notice", site.Notice));
            return null;
        });
    }

    // Locks the site's row until the transaction ends, so that a concurrent withdrawal and switch run one after the other.
    private async Task<ConsentRefusal?> ChangeAsync(Guid siteId, Func<FaceAdDbContext, Site, DateTimeOffset, ConsentRefusal?> change)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (await db.Sites.FromSql($"SELECT * FROM sites WHERE id = {siteId} FOR UPDATE").SingleOrDefaultAsync() is not { } site)
                return ConsentRefusal.NoSuchSite;
            var (now, measured) = (time.GetUtcNow(), site.Measures);
            if (change(db, site, now) is { } refusal) return refusal;
            if (measured && !site.Measures) site.MeasuredUntil = now;
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            log.LogInformation("Site {SiteId}: consent {Consent}, measurement {Measurement}", siteId, site.ConsentAt is null
                ? "none" : "recorded", site.Measures ? "on" : "off");
        }
        await directory.RefreshAsync();
        return null;
    }
}
