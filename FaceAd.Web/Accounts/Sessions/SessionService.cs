using System.Collections.Concurrent;
using System.Security.Claims;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>A session, as named by a cookie.</summary>
readonly record struct SessionKey(Guid Id, Guid UserId)
{
    /// <summary>The session of a signed-in user; null for anyone else, and for cookies issued before sessions existed.</summary>
    public static SessionKey? Of(ClaimsPrincipal? user) =>
        Guid.TryParse(user?.FindFirstValue(FaceAdClaims.Session), out var id)
            && Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var whose) ? new(id, whose) : null;
}

/// <summary>
/// Tracks open sessions. Results are cached for <see cref="AccountOptions.Recheck"/>, to avoid a query per request. A session ended on this
/// node stops immediately; one ended on another as soon as that is heard (<see cref="Doubt"/>), or, should the news be lost unnoticed,
/// after that time.
/// </summary>
sealed class SessionService(
    NpgsqlDataSource database, IDbContextFactory<FaceAdDbContext> contexts, IOptions<AccountOptions> options, TimeProvider time,
    ILogger<SessionService> log)
{
    private const string Insert =
        "INSERT INTO sessions (id, user_id, started_at, seen_at, browser, platform) VALUES ($1, $2, $3, $3, $4, $5)";

    // SKIP LOCKED: concurrent sign-ins do not wait for each other's expired rows.
    private const string Prune = "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE seen_at <= $1 FOR UPDATE SKIP LOCKED)";

    // Checks the session and updates its last-seen time in one statement.
    private const string Touch =
        "UPDATE sessions SET seen_at = greatest(seen_at, $3) WHERE id = $1 AND user_id = $2 AND seen_at > $4 RETURNING id";

    private const string End = "DELETE FROM sessions WHERE user_id = $1 AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3) RETURNING id, browser, platform";

    private readonly ConcurrentDictionary<SessionKey, Known> _known = new();
    private long _swept = time.GetTimestamp();
    private long _doubts;

    /// <summary>Told when sessions of a user may have ended, on any node; null: of any user.</summary>
    public Subscribers<Guid?> Doubted { get; } = new("ended sessions", log);

    private TimeSpan Recheck => options.Value.Recheck;

    /// <summary>Sessions last seen before this have ended: their cookies have expired.</summary>
    private DateTimeOffset Oldest => time.GetUtcNow() - options.Value.Idle - AccountsSetup.IdleSlack - Recheck;

    /// <summary>Starts a session.</summary>
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

    /// <summary>Whether a session is open, for a request from its browser.</summary>
    public async ValueTask<bool> IsOpenAsync(SessionKey key)
    {
        // The result is dated from when the query was sent, not from its answer.
        var asked = time.GetTimestamp();
        if (_known.TryGetValue(key, out var known) && (!known.Open || time.GetElapsedTime(known.At, asked) < Recheck)) return known.Open;
        var doubts = Interlocked.Read(ref _doubts);
        await using var connection = await database.OpenConnectionAsync();
        var found = new Known((await connection.QueryAsync(
            Touch, [key.Id, key.UserId, time.GetUtcNow(), Oldest], r => r.GetGuid(0), default)).Count > 0, asked);
        var open = Note(key, found);
        // What was doubted while the answer was on its way is asked again by the next request.
        if (Interlocked.Read(ref _doubts) != doubts) _known.TryRemove(KeyValuePair.Create(key, found with { Open = true }));
        return open;
    }

    /// <summary>Sessions of a user may have ended on another node: whoever asks next asks the database.</summary>
    /// <param name="user">The user; null: any.</param>
    public void Doubt(Guid? user)
    {
        Interlocked.Increment(ref _doubts);
        foreach (var (key, known) in _known)
        {
            if (known.Open && (user is null || key.UserId == user)) _known.TryRemove(KeyValuePair.Create(key, known));
        }
        Doubted.Tell(user);
    }

    /// <summary>Whether a session is open, for a page that stays open: queries the database and does not count as activity.</summary>
    public async Task<bool> StandsAsync(SessionKey key, CancellationToken cancellation)
    {
        if (_known.TryGetValue(key, out var known) && !known.Open) return false;
        var oldest = Oldest;
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Sessions.AnyAsync(s => s.Id == key.Id && s.UserId == key.UserId && s.SeenAt > oldest, cancellation);
    }

    /// <summary>A user's open sessions, most recently active first; at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<UserSession>> ListAsync(Guid user, int most)
    {
        var oldest = Oldest;
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == user && s.SeenAt > oldest).OrderByDescending(s => s.SeenAt)
            .ThenByDescending(s => s.Id).Take(most).ToListAsync();
    }

    /// <summary>Whether a session ended on this node through inactivity; remembered for a minute or two.</summary>
    public bool IsEndedIdle(SessionKey key) => _known.TryGetValue(key, out var known) && known.Idle;

    /// <summary>Ends one session and returns its browser; null when it had already ended or belongs to another user.</summary>
    /// <param name="key">The session.</param>
    /// <param name="idle">Whether it ends through inactivity.</param>
    public async Task<(string? Browser, string? Platform)?> EndAsync(SessionKey key, bool idle = false)
    {
        if (idle) Note(key, new Known(false, time.GetTimestamp(), true)); // first: a page may check as soon as the row is gone
        var ended = await EndAsync(key.UserId, key.Id, null);
        Note(key, new Known(false, time.GetTimestamp())); // also when another node ended it first
        return ended is [var one] ? (one.Browser, one.Platform) : null;
    }

    /// <summary>Ends a user's sessions, all or all but one.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndAllAsync(Guid user, Guid? but = null) => (await EndAsync(user, null, but)).Count;

    /// <summary>
    /// Ends a user's sessions in the open transaction of a context. On this node they end at once: should the transaction fail, the user
    /// signs in again.
    /// </summary>
    public async Task EndAllAsync(FaceAdDbContext db, Guid user) =>
        await EndAsync((NpgsqlConnection)db.Database.GetDbConnection(), user, null, null);

    private async Task<List<(Guid Id, string? Browser, string? Platform)>> EndAsync(Guid user, Guid? only, Guid? but)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await EndAsync(connection, user, only, but);
    }

    private async Task<List<(Guid Id, string? Browser, string? Platform)>> EndAsync(
        NpgsqlConnection connection, Guid user, Guid? only, Guid? but)
    {
        var ended = await connection.QueryAsync(
            End, [user, only, but], r =>
                (Id: r.GetGuid(0), r.IsDBNull(1) ? null : r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)), default);
        foreach (var session in ended) Note(new SessionKey(session.Id, user), new Known(false, time.GetTimestamp()));
        return ended;
    }

    // An ended session never reopens: a check that started before the end but finishes after it is ignored.
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
