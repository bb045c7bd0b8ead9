using FaceAd.Contracts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Screens;

/// <summary>Registers screens and their device tokens.</summary>
public sealed class ScreenRegistry(
    IDbContextFactory<FaceAdDbContext> contexts, ScreenDirectory directory, TimeProvider time, ILogger<ScreenRegistry> log)
{
    /// <summary>Registers a building.</summary>
    /// <param name="name">Name, unique, 1 to 120 characters.</param>
    /// <param name="address">Postal address, at most 240 characters.</param>
    /// <param name="timeZone">IANA time zone whose days its figures are in.</param>
    /// <param name="notice">Notice that its screens show while measurement is on, at most 240 characters.</param>
    /// <exception cref="ArgumentException">A text is missing or too long, or the time zone is unknown.</exception>
    /// <exception cref="DbUpdateException">There is a building of this name already.</exception>
    public async Task<Site> RegisterSiteAsync(string name, string address, string timeZone, string notice)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > 120) throw new ArgumentException("A name has at most 120 characters.", nameof(name));
        if (address.Length > 240) throw new ArgumentException("An address has at most 240 characters.", nameof(address));
        if (notice.Length > 240) throw new ArgumentException("A notice has at most 240 characters.", nameof(notice));
        if (timeZone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _))
            throw new ArgumentException($"The time zone '{timeZone}' is not known.", nameof(timeZone));
        var site = new Site { Name = name.Trim(), Address = address.Trim(), TimeZone = timeZone, Notice = notice.Trim(), CreatedAt = time.GetUtcNow() };
        await using var db = await contexts.CreateDbContextAsync();
        db.Sites.Add(site);
        await db.SaveChangesAsync();
        log.LogInformation("Site {SiteId} registered", site.Id);
        return site;
    }

    /// <summary>Registers a screen. The token is in this answer and nowhere else.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="name">Name, unique in the building, 1 to 120 characters.</param>
    /// <param name="mode">Where its frames are analysed.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public async Task<(Screen Screen, string Token)> RegisterAsync(Guid siteId, string name, InferenceMode mode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > 120) throw new ArgumentException("A name has at most 120 characters.", nameof(name));
        var token = DeviceToken.Generate();
        var screen = new Screen
        {
            SiteId = siteId,
            Name = name.Trim(),
            Mode = mode,
            TokenHash = DeviceToken.Hash(token),
            CreatedAt = time.GetUtcNow(),
        };
        await using (var db = await contexts.CreateDbContextAsync())
        {
            db.Screens.Add(screen);
            await db.SaveChangesAsync();
        }
        await directory.RefreshAsync();
        log.LogInformation("Screen {ScreenId} registered at site {SiteId}", screen.Id, siteId);
        return (screen, token);
    }

    /// <summary>Makes a screen's token void at once. The screen keeps playing what it has and can no longer report.</summary>
    /// <param name="screenId">The screen.</param>
    public async Task RevokeAsync(Guid screenId)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            var now = time.GetUtcNow();
            await db.Screens.Where(s => s.Id == screenId && s.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now));
        }
        await directory.RefreshAsync();
        log.LogInformation("Token of screen {ScreenId} revoked", screenId);
    }

    /// <summary>Replaces a screen's token, revoked or not. The old one is void at once.</summary>
    /// <param name="screenId">The screen.</param>
    /// <returns>The new token.</returns>
    public async Task<string> RenewTokenAsync(Guid screenId)
    {
        var token = DeviceToken.Generate();
        var hash = DeviceToken.Hash(token);
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await db.Screens.Where(s => s.Id == screenId).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.TokenHash, hash).SetProperty(x => x.RevokedAt, (DateTimeOffset?)null));
        }
        await directory.RefreshAsync();
        log.LogInformation("Token of screen {ScreenId} renewed", screenId);
        return token;
    }

    /// <summary>
    /// Says where a screen's frames are analysed. Its player is told within a second, and changes over when the riders in view have
    /// gone, see <see cref="InferenceHandover"/>.
    /// </summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="mode">Where.</param>
    public async Task SetModeAsync(Guid screenId, InferenceMode mode)
    {
        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "is no mode.");
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await db.Screens.Where(s => s.Id == screenId).ExecuteUpdateAsync(s => s.SetProperty(x => x.Mode, mode));
        }
        await directory.RefreshAsync();
        log.LogInformation("Frames of screen {ScreenId} are to be analysed by the {Mode}", screenId, mode);
    }

    /// <summary>Switches a site's cameras on or off. Takes effect on connected players at once.</summary>
    /// <param name="siteId">The building.</param>
    /// <param name="measurement">True: cameras run.</param>
    public async Task SetMeasurementAsync(Guid siteId, bool measurement)
    {
        await using (var db = await contexts.CreateDbContextAsync())
        {
            await db.Sites.Where(s => s.Id == siteId).ExecuteUpdateAsync(s => s.SetProperty(x => x.Measurement, measurement));
        }
        await directory.RefreshAsync();
        log.LogInformation("Measurement at site {SiteId} switched {State}", siteId, measurement ? "on" : "off");
    }
}
