using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Notifications;

/// <summary>A user's notifications, unread and read. Deletes them after 90 days.</summary>
sealed class NotificationInbox(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock, ILogger<NotificationInbox> log)
    : BackgroundService
{
    /// <summary>How long a notification is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>How many notifications a user has not seen.</summary>
    /// <param name="viewer">The user.</param>
    public async Task<int> UnreadAsync(Viewer viewer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return viewer.UserId is { } user ? await db.Set<Notification>().CountAsync(n => n.UserId == user && n.ReadAt == null) : 0;
    }

    /// <summary>A user's notifications, newest first.</summary>
    /// <param name="viewer">The user.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="unread">Only unread ones.</param>
    /// <param name="before">Only those before this one; null for the newest.</param>
    public async Task<IReadOnlyList<Notification>> NewestAsync(
        Viewer viewer, int most, bool unread = false, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = db.Set<Notification>().AsNoTracking().Where(n => !unread || n.ReadAt == null);
        if (before is { } place)
            rows = rows.Where(n => EF.Functions.LessThan(ValueTuple.Create(n.CreatedAt, n.Id), ValueTuple.Create(place.At, place.Id)));
        return viewer.UserId is { } user
            ? await rows.Where(n => n.UserId == user).OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id).Take(most)
                .ToListAsync()
            : [];
    }

    /// <summary>Marks a user's notifications as read.</summary>
    /// <param name="viewer">The user.</param>
    /// <param name="upTo">Up to this instant: what arrives while they are reading stays unread.</param>
    public async Task ReadAsync(Viewer viewer, DateTimeOffset upTo)
    {
        if (viewer.UserId is not { } user) return;
        await using var db = await contexts.CreateDbContextAsync();
        var now = clock.GetUtcNow();
        await db.Set<Notification>().Where(n => n.UserId == user && n.ReadAt == null && n.CreatedAt <= upTo)
            .ExecuteUpdateAsync(s => s.SetProperty(n => n.ReadAt, now));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(6), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(stoppingToken);
                var old = clock.GetUtcNow() - Kept;
                await db.Set<Notification>().Where(n => n.CreatedAt < old).ExecuteDeleteAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                log.LogWarning("Could not delete old notifications ({Reason}); will retry", exception.Message);
            }
        }
    }
}
