using System.Collections.Concurrent;
using System.Security.Claims;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>A session, as a cookie names it.</summary>
/// <param name="Id">Which one.</param>
/// <param name="UserId">Whose.</param>
readonly record struct SessionKey(Guid Id, Guid UserId)
{
    /// <summary>The session of a signed-in person; null for anybody else, and for cookies of before there were sessions.</summary>
    public static SessionKey? Of(ClaimsPrincipal? user) =>
        Guid.TryParse(user?.FindFirstValue(FaceAdClaims.Session), out var id) && Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var whose) ? new(id, whose) : null;
}

/// <summary>
/// Knows which sessions go on. A session that was ended on this node is over at once; one that was ended on another node within
/// <see cref="AccountOptions.Recheck"/>, because what is known of it is believed for so long: there is no query per request.
/// </summary>
sealed class SessionBook(NpgsqlDataSource database, IDbContextFactory<FaceAdDbContext> contexts, IOptions<AccountOptions> options, TimeProvider time)
{
    private const string Insert = "INSERT INTO sessions (id, user_id, started_at, seen_at, browser, platform) VALUES ($1, $2, $3, $3, $4, $5)";

    // Two who sign in at once do not wait for each other's old rows.
    private const string Prune = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE seen_at <= $1 FOR UPDATE SKIP LOCKED)";

    // Looks, and notes that the session was seen, in one.
    private const string Touch = "UPDATE sessions SET seen_at = greatest(seen_at, $3) WHERE id = $1 AND user_id = $2 AND seen_at > $4 RETURNING id";

    private const string End = "DELETE FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3) RETURNING id, browser, platform";

    private readonly ConcurrentDictionary<SessionKey, Known> _known = new();
    private long _swept = time.GetTimestamp();

    private TimeSpan Recheck => options.Value.Recheck;

    /// <summary>What was last seen before this has ended: its cookie has expired.</summary>
    private DateTimeOffset Oldest => time.GetUtcNow() - options.Value.Idle - AccountsSetup.IdleSlack - Recheck;

    /// <summary>Begins a session.</summary>
    public async Task<SessionKey> StartAsync(Guid user, string? userAgent)
    {
        var (key, asked) = (new SessionKey(Guid.CreateVersion7(), user), time.GetTimestamp());
        var (browser, platform) = BrowserName.Of(userAgent);
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(Prune, [Oldest], default);
        await connection.ExecuteAsync(Insert, [key.Id, user, time.GetUtcNow(), browser, platform], default);
        Note(key, new Known(true, asked));
        return key;
    }

    /// <summary>Whether a session goes on, for a request of its browser.</summary>
    public async ValueTask<bool> IsOpenAsync(SessionKey key)
    {
        // As of when it is known is as of the question, not of the answer.
        var asked = time.GetTimestamp();
        if (_known.TryGetValue(key, out var known) && (!known.Open || time.GetElapsedTime(known.At, asked) < Recheck)) return known.Open;
        await using var connection = await database.OpenConnectionAsync();
        var open = (await connection.QueryAsync(Touch, [key.Id, key.UserId, time.GetUtcNow(), Oldest], r => r.GetGuid(0), default)).Count > 0;
        return Note(key, new Known(open, asked));
    }

    /// <summary>Whether a session goes on, for a page that stays open: asks the database, and is no sign that somebody is at the page.</summary>
    public async Task<bool> StandsAsync(SessionKey key, CancellationToken cancellation)
    {
        if (_known.TryGetValue(key, out var known) && !known.Open) return false;
        var oldest = Oldest;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Sessions.AnyAsync(s => s.Id == key.Id && s.UserId == key.UserId && s.SeenAt > oldest, cancellation);
    }

    /// <summary>Somebody's sessions that go on, newest look first; at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<UserSession>> ListAsync(Guid user, int most)
    {
        var oldest = Oldest;
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == user && s.SeenAt > oldest).OrderByDescending(s => s.SeenAt).ThenByDescending(s => s.Id).Take(most).ToListAsync();
    }

    /// <summary>Whether a session was ended on this node because nobody did anything; forgotten after a minute or two.</summary>
    public bool IsEndedIdle(SessionKey key) => _known.TryGetValue(key, out var known) && known.Idle;

    /// <summary>Ends one session, and tells which browser it was; null when it had ended before, or is not that person's.</summary>
    /// <param name="key">Which one.</param>
    /// <param name="idle">Because nobody did anything.</param>
    public async Task<(string? Browser, string? Platform)?> EndAsync(SessionKey key, bool idle = false)
    {
        if (idle) Note(key, new Known(false, time.GetTimestamp(), true)); // first: a page may look as soon as the row is gone
        var ended = await EndAsync(key.UserId, key.Id, null);
        Note(key, new Known(false, time.GetTimestamp())); // also where another node was first
        return ended is [var one] ? (one.Browser, one.Platform) : null;
    }

    /// <summary>Ends somebody's sessions, all or all but one.</summary>
    /// <returns>How many.</returns>
    public async Task<int> EndAllAsync(Guid user, Guid? but = null) => (await EndAsync(user, null, but)).Count;

    private async Task<List<(Guid Id, string? Browser, string? Platform)>> EndAsync(Guid user, Guid? only, Guid? but)
    {
        await using var connection = await database.OpenConnectionAsync();
        var ended = await connection.QueryAsync(
            End, [user, only, but], r => (Id: r.GetGuid(0), r.IsDBNull(1) ? null : r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)), default);
        foreach (var session in ended) Note(new SessionKey(session.Id, user), new Known(false, time.GetTimestamp()));
        return ended;
    }

    // What has ended never begins again: a look that began before the end and is done after it does not count.
    private bool Note(SessionKey key, Known now)
    {
        var open = _known.AddOrUpdate(key, now, (_, before) => before.Open ? now : before).Open;
        var life = Recheck + TimeSpan.FromMinutes(1);
        var swept = Interlocked.Read(ref _swept);
        if (time.GetElapsedTime(swept, now.At) > life && Interlocked.CompareExchange(ref _swept, now.At, swept) == swept)
        {
            foreach (var (old, known) in _known)
                if (time.GetElapsedTime(known.At, now.At) > life) _known.TryRemove(KeyValuePair.Create(old, known));
        }
        return open;
    }

    private readonly record struct Known(bool Open, long At, bool Idle = false);
}
