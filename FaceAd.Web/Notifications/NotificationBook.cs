using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Notifications;

/// <summary>A person's bell: what is new, and what was. Forgets after 90 days.</summary>
/// <param name="contexts">The database.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class NotificationBook(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider clock, ILogger<NotificationBook> log) : BackgroundService
{
    /// <summary>How long a notification is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private event Action<Guid>? Seen;

    /// <summary>How many a person has not seen.</summary>
    /// <param name="viewer">The person.</param>
    public async Task<int> UnreadAsync(Viewer viewer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return viewer.UserId is { } user ? await db.Set<Notification>().CountAsync(n => n.UserId == user && n.ReadAt == null) : 0;
    }

    /// <summary>A person's notifications, newest first.</summary>
    /// <param name="viewer">The person.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="unread">Only what they have not seen.</param>
    /// <param name="before">Those before this one; null for the newest.</param>
    public async Task<IReadOnlyList<Notification>> NewestAsync(Viewer viewer, int most, bool unread = false, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var rows = db.Set<Notification>().AsNoTracking().Where(n => !unread || n.ReadAt == null);
        if (before is { } place) rows = rows.Where(n => EF.Functions.LessThan(ValueTuple.Create(n.CreatedAt, n.Id), ValueTuple.Create(place.At, place.Id)));
        return viewer.UserId is { } user
            ? await rows.Where(n => n.UserId == user).OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id).Take(most).ToListAsync()
            : [];
    }

    /// <summary>Marks notifications of a person as seen.</summary>
    /// <param name="viewer">The person.</param>
    /// <param name="upTo">Those up to this instant: what came while they were reading stays new.</param>
    public async Task ReadAsync(Viewer viewer, DateTimeOffset upTo)
    {
        if (viewer.UserId is not { } user) return;
        await using var db = await contexts.CreateDbContextAsync();
        var now = clock.GetUtcNow();
        await db.Set<Notification>().Where(n => n.UserId == user && n.ReadAt == null && n.CreatedAt <= upTo).ExecuteUpdateAsync(s => s.SetProperty(n => n.ReadAt, now));
        Seen?.Invoke(user);
    }

    /// <summary>Tells a person's other pages that they have seen their notifications.</summary>
    /// <param name="seen">Called with the person.</param>
    public IDisposable Subscribe(Action<Guid> seen)
    {
        Seen += seen;
        return new Subscription(() => Seen -= seen);
    }

    /// <inheritdoc/>
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
                log.LogWarning("Old notifications could not be deleted ({Reason}); it is tried again", exception.Message);
            }
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
