using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Notifications;

/// <summary>
/// Turns notifications into mails. The notification's own row says when it is due to be mailed, written with the change it reports. That
/// due time is cleared in the transaction that puts the mail into the <see cref="Mailbox"/>, so a crash neither loses nor duplicates a
/// mail. The mailbox then retries until the mail server accepts it.
/// </summary>
sealed class NotificationMailer(IDbContextFactory<FaceAdDbContext> contexts, Mailbox mailbox, NotificationMailTexts letters,
    TimeProvider time, ILogger<NotificationMailer> log) : BackgroundService
{
    /// <summary>How long a notification is held back, to be combined with others or read in the dashboard first.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMinutes(1);

    /// <summary>The most mails per user within <see cref="Window"/>; later notifications are combined into one mail at its end.</summary>
    public const int Few = 3;

    /// <summary>See <see cref="Few"/>.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int AtOnce = 50;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await RunCycleAsync(stoppingToken) == AtOnce)
                {
                }
            }
            catch (Exception exception)
                when (exception is NpgsqlException or DbUpdateException or InvalidOperationException { InnerException: NpgsqlException })
            {
                log.LogWarning("Could not mail notifications ({Reason}); will retry", exception.Message);
            }
        }
    }

    /// <summary>Writes the mails that are due. Only one node at a time does so.</summary>
    /// <returns>How many users were processed.</returns>
    internal async Task<int> RunCycleAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (!await db.Database.SqlQuery<bool>(
            $"SELECT pg_try_advisory_xact_lock(hashtextextended('facead.notification-mails', 0)) AS \"Value\"")
                .SingleAsync(cancellation)) return 0;
        var now = time.GetUtcNow();
        var people = await db.Set<Notification>().Where(n => n.MailDueAt <= now).Select(n => n.UserId).Distinct().OrderBy(u => u)
            .Take(AtOnce).ToListAsync(cancellation);
        if (people.Count == 0) return 0;
        var written = 0;
        foreach (var person in people)
        {
            // Locked first, so that a user who reads or unsubscribes at this moment comes before or after.
            var notes = await db.Set<Notification>()
                .FromSql(
                    $"SELECT * FROM notifications WHERE user_id = {person} AND mail_due_at IS NOT NULL ORDER BY created_at, id FOR UPDATE")
                        .ToListAsync(cancellation);
            written += await MailAsync(db, person, notes, now, cancellation) ? 1 : 0;
        }
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        if (written > 0) await mailbox.PostedAsync();
        return people.Count;
    }

    private async Task<bool> MailAsync(
        FaceAdDbContext db, Guid person, List<Notification> notes, DateTimeOffset now, CancellationToken cancellation)
    {
        // What was seen in the dashboard is not mailed.
        foreach (var seen in notes.Where(n => n.ReadAt is not null)) seen.MailDueAt = null;
        var news = notes.Where(n => n.MailDueAt is not null).ToList();
        if (news.Count == 0 || await db.Users.AsNoTracking()
            .SingleOrDefaultAsync(u => u.Id == person, cancellation) is not { Email: { } address } user) return false;
        var since = now - Window;
        var sent = await db.Set<Notification>().Where(n => n.UserId == person && n.MailedAt > since).Select(n => n.MailedAt!.Value)
            .Distinct().OrderBy(at => at).ToListAsync(cancellation);
        if (sent.Count >= Few)
        {
            foreach (var note in news) note.MailDueAt = sent[^Few] + Window;
            return false;
        }
        var letter = letters.Write(user, news);
        mailbox.Add(db, address, letter.Subject, letter.Text, letter.Unsubscribe);
        foreach (var note in news) (note.MailDueAt, note.MailedAt) = (null, now);
        return true;
    }
}
