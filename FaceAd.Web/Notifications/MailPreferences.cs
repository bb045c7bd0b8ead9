using System.Security.Cryptography;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Notifications;

/// <summary>Which notifications a user wants by mail, chosen in the settings or through the link in a mail.</summary>
/// <param name="contexts">The database.</param>
/// <param name="protection">Signs the links.</param>
sealed class MailPreferences(IDbContextFactory<FaceAdDbContext> contexts, IDataProtectionProvider protection)
{
    private const string All = "all";
    private static readonly NotificationKind[] OfMediaOwner =
        [NotificationKind.CampaignSubmitted, NotificationKind.SecondNeeded, NotificationKind.VersionProposed,
            NotificationKind.ChangeRequested, NotificationKind.ChangeWithdrawn,
            NotificationKind.ScreenSilent, NotificationKind.CreativeFails, NotificationKind.PlaysDisputed,
            NotificationKind.ScreenKeyChanged, NotificationKind.Commented];

    private static readonly NotificationKind[] OfAdvertisers =
    [
        NotificationKind.CampaignApproved, NotificationKind.CampaignRejected, NotificationKind.VersionApproved,
        NotificationKind.VersionRefused, NotificationKind.ChangeAccepted, NotificationKind.ChangeDeclined, NotificationKind.CreativeHeld,
        NotificationKind.CampaignEnded, NotificationKind.BudgetSpent, NotificationKind.CampaignMadeGood, NotificationKind.MakeGoodUndone,
        NotificationKind.ExperimentWon, NotificationKind.ExperimentStopped,
        NotificationKind.Commented, NotificationKind.CreativeReady, NotificationKind.CreativeFailed,
    ];

    /// <summary>The kinds an organisation's members receive.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<NotificationKind> Of(OrganisationKind kind) =>
        kind == OrganisationKind.MediaOwner ? OfMediaOwner : OfAdvertisers;

    /// <summary>
    /// Whether a kind is mailed by default. A ready creative is not: its uploader is at the page anyway. Nor is a withdrawn request, which
    /// leaves nothing to do.
    /// </summary>
    public static bool AtFirst(NotificationKind kind) => kind is not (NotificationKind.CreativeReady or NotificationKind.ChangeWithdrawn);

    /// <summary>A user's settings.</summary>
    /// <param name="viewer">The user.</param>
    public async Task<IReadOnlyDictionary<NotificationKind, bool>> ReadAsync(Viewer viewer)
    {
        if (viewer.UserId is not { } user) return new Dictionary<NotificationKind, bool>();
        await using var db = await contexts.CreateDbContextAsync();
        var side = await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Kind).SingleAsync();
        var chosen = await db.Set<MailPreference>().AsNoTracking().Where(s => s.UserId == user).ToDictionaryAsync(s => s.Kind, s => s.IsOn);
        return Of(side).ToDictionary(k => k, k => chosen.TryGetValue(k, out var on) ? on : AtFirst(k));
    }

    /// <summary>Changes settings; kinds that are not listed stay as they are.</summary>
    /// <param name="viewer">The user.</param>
    /// <param name="wanted">Whether each kind is mailed.</param>
    public async Task SetAsync(Viewer viewer, IReadOnlyDictionary<NotificationKind, bool> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (viewer.UserId is { } user) await SetAsync(user, wanted);
    }

    /// <summary>Reads the token of an unsubscribe link.</summary>
    /// <returns>The user and the kind; a null kind means all. Null when the token is invalid.</returns>
    public (Guid User, NotificationKind? Kind)? Read(string? token)
    {
        if (token is not { Length: > 0 and < 1000 }) return null;
        try
        {
            var parts = Protector.Unprotect(token).Split(' ');
            if (parts.Length != 2 || !Guid.TryParse(parts[0], out var user)) return null;
            return parts[1] == All ? (user, null) : Enum.TryParse<NotificationKind>(parts[1], out var kind) && Enum.IsDefined(kind)
                ? (user, kind) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Switches off the mails that a link covers. Idempotent.</summary>
    /// <param name="token">The link's token.</param>
    /// <returns>The user and the kind; null when the token is invalid, or the account no longer exists.</returns>
    public async Task<(Guid User, NotificationKind? Kind)?> UnsubscribeAsync(string? token)
    {
        if (Read(token) is not { } about) return null;
        await using (var db = await contexts.CreateDbContextAsync())
        {
            if (!await db.Users.AnyAsync(u => u.Id == about.User)) return null;
        }
        await SetAsync(about.User, (about.Kind is { } one ? [one] : Enum.GetValues<NotificationKind>()).ToDictionary(k => k, _ => false));
        return about;
    }

    /// <summary>Creates the token of an unsubscribe link.</summary>
    /// <param name="user">The user.</param>
    /// <param name="kind">The kind; null for all.</param>
    internal string TokenOf(Guid user, NotificationKind? kind) => Protector.Protect($"{user:N} {kind?.ToString() ?? All}");

    private IDataProtector Protector => protection.CreateProtector("FaceAd.Notifications.Unsubscribe");

    private async Task SetAsync(Guid user, IReadOnlyDictionary<NotificationKind, bool> wanted)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        foreach (var (kind, on) in wanted)
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO mail_switches (user_id, kind, is_on) VALUES ({user}, {(int)kind}, {on}) ON CONFLICT (user_id, kind) DO UPDATE SET is_on = excluded.is_on");
        }
        // Pending mails of a kind that is switched off are dropped.
        var off = wanted.Where(w => !w.Value).Select(w => w.Key).ToArray();
        await db.Set<Notification>().Where(n => n.UserId == user && n.MailDueAt != null && off.Contains(n.Kind))
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.MailDueAt, (DateTimeOffset?)null));
        await transaction.CommitAsync();
    }
}
