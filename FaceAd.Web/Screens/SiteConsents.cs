using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>Why a building's cameras or notice could not be changed.</summary>
public enum ConsentRefusal
{
    /// <summary>There is no such building.</summary>
    NoSuchSite = 0,

    /// <summary>No consent is recorded, so nothing may be measured.</summary>
    NoConsent = 1,

    /// <summary>The screens would measure without saying so.</summary>
    NoNotice = 2,
}

/// <summary>
/// Consent, notice and measurement of buildings. Cameras open only where consent is recorded and the screens say so; whoever withdraws the
/// consent closes them at once: on this node now, on others within two seconds, on players with the programme that follows.
/// </summary>
/// <param name="contexts">The database.</param>
/// <param name="directory">Told after each change.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
public sealed class SiteConsents(IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory directory, TimeProvider time, ILogger<SiteConsents> log)
{
    /// <summary>Records that those who decide for a building consent, or where the consent stands now. It switches nothing on: a wish of before without consent is forgotten.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="reference">Where the consent stands, 1 to <see cref="Site.MaxReference"/> characters.</param>
    /// <param name="by">Who records it; null for the system.</param>
    /// <exception cref="ArgumentException">The reference is empty or too long.</exception>
    public Task<ConsentRefusal?> RecordAsync(Guid siteId, string reference, Viewer? by = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reference);
        if (reference.Length > Site.MaxReference) throw new ArgumentException($"A reference has at most {Site.MaxReference} characters.", nameof(reference));
        return ChangeAsync(siteId, (db, site, now) =>
        {
            site.Measurement = site.Measures;
            (site.ConsentAt, site.ConsentBy, site.ConsentReference) = (now, by?.Name, reference.Trim());
            db.Audit(by, now, AuditVerb.ConsentRecorded, AuditSubject.Site, siteId, site.Name, ("reference", site.ConsentReference));
            return null;
        });
    }

    /// <summary>Withdraws a building's consent, and switches measurement off with it.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="by">Who withdraws it; null for the system.</param>
    public Task<ConsentRefusal?> WithdrawAsync(Guid siteId, Viewer? by = null) => ChangeAsync(siteId, (db, site, now) =>
    {
        if (site.ConsentAt is null) return ConsentRefusal.NoConsent;
        db.Audit(by, now, AuditVerb.ConsentWithdrawn, AuditSubject.Site, siteId, site.Name, ("reference", site.ConsentReference));
        if (site.Measures) db.Audit(by, now, AuditVerb.MeasurementOff, AuditSubject.Site, siteId, site.Name);
        (site.ConsentAt, site.ConsentBy, site.ConsentReference, site.Measurement) = (null, null, null, false);
        return null;
    });

    /// <summary>Switches a building's cameras on or off.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="measurement">True: cameras open.</param>
    /// <param name="by">Who switches; null for the system.</param>
    public Task<ConsentRefusal?> SetMeasurementAsync(Guid siteId, bool measurement, Viewer? by = null) => ChangeAsync(siteId, (db, site, now) =>
    {
        if (measurement && site.ConsentAt is null) return ConsentRefusal.NoConsent;
        if (measurement && string.IsNullOrWhiteSpace(site.Notice)) return ConsentRefusal.NoNotice;
        if (site.Measurement != measurement)
            db.Audit(by, now, measurement ? AuditVerb.MeasurementOn : AuditVerb.MeasurementOff, AuditSubject.Site, siteId, site.Name);
        site.Measurement = measurement;
        return null;
    });

    /// <summary>Changes the notice that a building's screens show while measurement is on. It cannot be emptied meanwhile.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="notice">The notice, at most <see cref="Site.MaxReference"/> characters.</param>
    /// <param name="by">Who changes it; null for the system.</param>
    /// <exception cref="ArgumentException">The notice is too long.</exception>
    public Task<ConsentRefusal?> SetNoticeAsync(Guid siteId, string notice, Viewer? by = null)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Length > Site.MaxReference) throw new ArgumentException($"A notice has at most {Site.MaxReference} characters.", nameof(notice));
        return ChangeAsync(siteId, (db, site, now) =>
        {
            if (site.Measurement && string.IsNullOrWhiteSpace(notice)) return ConsentRefusal.NoNotice;
            if (site.Notice == notice.Trim()) return null;
            site.Notice = notice.Trim();
            db.Audit(by, now, AuditVerb.NoticeChanged, AuditSubject.Site, siteId, site.Name, ("notice", site.Notice));
            return null;
        });
    }

    // Whoever changes a building holds its row until the end: a withdrawal and a switch at the same time come one after the other.
    private async Task<ConsentRefusal?> ChangeAsync(Guid siteId, Func<FaceAdDbContext, Site, DateTimeOffset, ConsentRefusal?> change)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            if (await db.Sites.FromSql($"SELECT * FROM sites WHERE id = {siteId} FOR UPDATE").SingleOrDefaultAsync() is not { } site) return ConsentRefusal.NoSuchSite;
            if (change(db, site, time.GetUtcNow()) is { } refusal) return refusal;
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            log.LogInformation("Site {SiteId}: consent {Consent}, measurement {Measurement}", siteId, site.ConsentAt is null ? "none" : "recorded", site.Measures ? "on" : "off");
        }
        await directory.RefreshAsync();
        return null;
    }
}

/// <summary>
/// Deletes everybody who was recognised at a building, the running epoch included. Registered by whoever can; while nobody is, no page offers it.
/// </summary>
/// <param name="erase">Does it, and tells how many there were.</param>
public sealed class SiteErasure(Func<Guid, CancellationToken, Task<int>> erase)
{
    /// <summary>Deletes everybody of a building.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="cancellation">Gives up; what was not committed stays.</param>
    public Task<int> EraseAsync(Guid siteId, CancellationToken cancellation = default) => erase(siteId, cancellation);
}
