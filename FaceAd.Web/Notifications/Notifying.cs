using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

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
                Subject = StorableText.Cut(subject, 160),
                Detail = detail is null ? null : StorableText.Cut(detail, 300),
                CreatedAt = now,
                // Set in the same transaction, so that only what the dashboard shows is mailed.
                MailDueAt = chosen.TryGetValue(user, out var on) ? Due(on) : Due(MailPreferences.AtFirst(kind)),
            });
        }
        DateTimeOffset? Due(bool wanted) => wanted ? now + NotificationMailer.Settle : null;
    }

    /// <summary>
    /// Notifies the media owner's members of screens, by name, with their buildings as details. Runs in the reported change's transaction.
    /// </summary>
    public static Task NotifyOfScreensAsync(
        this NpgsqlConnection connection, NotificationKind kind, Guid[] screens, DateTimeOffset now, CancellationToken cancellation) =>
        connection.ExecuteAsync("""
            INSERT INTO notifications (id, user_id, kind, screen_id, subject, detail, created_at, mail_due_at)
            SELECT uuidv7(), u.id, $1, s.id, s.name, t.name, $2, CASE WHEN COALESCE(m.is_on, $3) THEN $4::timestamptz END
            FROM screens s JOIN sites t ON t.id = s.site_id JOIN organisations o ON o.kind = $5 JOIN users u ON u.organisation_id = o.id
            LEFT JOIN mail_switches m ON m.user_id = u.id AND m.kind = $1
            WHERE s.id = ANY ($6)
            """,
            [(int)kind, now, MailPreferences.AtFirst(kind), now + NotificationMailer.Settle, (int)OrganisationKind.MediaOwner, screens],
            cancellation);

    /// <summary>
    /// Notifies the media owner's members of videos that fail on screens, by the names of both. Runs in the reported change's transaction.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="screens">The screens.</param>
    /// <param name="creatives">The video that fails on each.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellation">Cancels it.</param>
    public static Task NotifyOfVideosAsync(
        this NpgsqlConnection connection, Guid[] screens, Guid[] creatives, DateTimeOffset now, CancellationToken cancellation) =>
        connection.ExecuteAsync("""
            INSERT INTO notifications (id, user_id, kind, screen_id, subject, detail, created_at, mail_due_at)
            SELECT uuidv7(), u.id, $1, s.id, s.name, c.name, $2, CASE WHEN COALESCE(m.is_on, $3) THEN $4::timestamptz END
            FROM unnest($6, $7) AS f (screen_id, creative_id) JOIN screens s ON s.id = f.screen_id JOIN creatives c ON c.id = f.creative_id
            JOIN organisations o ON o.kind = $5 JOIN users u ON u.organisation_id = o.id
            LEFT JOIN mail_switches m ON m.user_id = u.id AND m.kind = $1
            -- A player that starts again forgets, and tries the video anew: once a week is enough.
            WHERE NOT EXISTS (SELECT FROM notifications n WHERE n.user_id = u.id AND n.created_at > $2 - interval '7 days' AND n.kind = $1
                AND n.screen_id = s.id AND n.detail = c.name)
            """,
            [
                (int)NotificationKind.CreativeFails, now, MailPreferences.AtFirst(NotificationKind.CreativeFails),
                now + NotificationMailer.Settle, (int)OrganisationKind.MediaOwner, screens, creatives,
            ],
            cancellation);
}
