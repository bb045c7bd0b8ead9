using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Notifications;

/// <summary>Adds notifications to the transaction of the change they report: both are saved, or neither.</summary>
static class Notifying
{
    /// <summary>Notifies the media owner's members.</summary>
    public static async Task NotifyOwnersAsync(
        this FaceAdDbContext db, NotificationKind kind, Guid campaign, string subject, string? detail, Viewer? by, DateTimeOffset now)
    {
        var owners = db.Organisations.Where(o => o.Kind == OrganisationKind.MediaOwner).Select(o => o.Id);
        await db.NotifyAsync(await db.Users.Where(u => owners.Contains(u.OrganisationId)).Select(u => u.Id)
            .ToListAsync(), kind, campaign, subject, detail, by, now);
    }

    /// <summary>Notifies an organisation's members.</summary>
    public static async Task NotifyOrganisationAsync(
        this FaceAdDbContext db, Guid organisation, NotificationKind kind, Guid campaign, string subject, string? detail, Viewer? by,
        DateTimeOffset now) =>
        await db.NotifyAsync(await db.Users.Where(u => u.OrganisationId == organisation).Select(u => u.Id)
            .ToListAsync(), kind, campaign, subject, detail, by, now);

    /// <summary>Notifies users, except the one who made the change. Saved with the change.</summary>
    public static async Task NotifyAsync(
        this FaceAdDbContext db, IEnumerable<Guid> users, NotificationKind kind, Guid campaign, string subject, string? detail, Viewer? by,
        DateTimeOffset now)
    {
        var told = users.Where(u => u != by?.UserId).Distinct().ToArray();
        if (told.Length == 0) return;
        var chosen = await db.Set<MailPreference>().AsNoTracking().Where(s => told.Contains(s.UserId) && s.Kind == kind)
            .ToDictionaryAsync(s => s.UserId, s => s.IsOn);
        foreach (var user in told)
        {
            db.Add(new Notification
            {
                UserId = user,
                Kind = kind,
                CampaignId = campaign,
                Subject = Cut(subject, 160)!,
                Detail = Cut(detail, 300),
                CreatedAt = now,
                // Set in the same transaction, so that only what the dashboard shows is mailed.
                MailDueAt = chosen.TryGetValue(user, out var on) ? Due(on) : Due(MailPreferences.AtFirst(kind)),
            });
        }
        DateTimeOffset? Due(bool wanted) => wanted ? now + NotificationMailer.Settle : null;
    }

    private static string? Cut(string? text, int length) =>
        text is { } t && t.Length > length ? t[..(char.IsHighSurrogate(t[length - 1]) ? length - 1 : length)] : text;
}
