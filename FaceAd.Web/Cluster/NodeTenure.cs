using System.Collections.Concurrent;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// One stay of this node among the nodes, and the sites it has taken meanwhile. It lasts as long as its row stands in <c>nodes</c>: whoever
/// wants a site of a dead node deletes that node's row first, so one renewal tells a node whether all its sites are still its own. A node
/// is dead when its row has expired, or when the session that holds its lock has ended and it has not been seen since. Both are judged by
/// the database's clock. The node itself goes by its monotonic clock, which nobody can set, and stops sooner than others may take over.
/// (While a machine is suspended, its monotonic clock may stand still: then only the sites' generations protect, until the next renewal.)
/// </summary>
/// <param name="time">Clock; only its timestamps are used.</param>
sealed class NodeTenure(TimeProvider time)
{
    /// <summary>From a renewal until the row expires: time for a database that stalls, and for a new session.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(10);

    /// <summary>How long after sending a renewal the node acts as owner. The rest of the term is for what it has begun by then.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(8);

    /// <summary>Others take a node whose session has ended for dead when this has passed since its last renewal.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>The same as <see cref="Trust"/>, for a node that knows that its session has ended.</summary>
    public static readonly TimeSpan TrustWithoutSession = TimeSpan.FromSeconds(2);

    /// <summary>A node that has not been seen for so long hangs or is cut off: nothing is passed on to it.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a row <c>n</c> of <c>nodes</c> is a dead node's. $3: whether the asking node may go by the lock; $4: <see cref="Grace"/>.
    /// </summary>
    internal const string IsDead =
        $"(n.expires_at < clock_timestamp() OR ($3 AND n.last_seen_at < clock_timestamp() - $4 AND pg_try_advisory_xact_lock_shared({Key})))";

    private const string Key = "hashtextextended('facead.node.' || n.id, 0)";

    // A node that the network cut off must have expired before its session is taken for ended: later than for other sessions.
    private const string BePatient = "SET tcp_keepalives_idle = 9";
    private const string Lock = $"SELECT pg_advisory_lock({Key}) FROM (SELECT $1::uuid AS id) AS n";
    private const string ForgetOld = "DELETE FROM nodes WHERE expires_at < clock_timestamp() - interval '1 day'";

    private const string Write =
        "INSERT INTO nodes (id, address, last_seen_at, expires_at) VALUES ($1, $2, clock_timestamp(), clock_timestamp() + $3)";

    private const string Renew = """
        UPDATE nodes SET last_seen_at = clock_timestamp(), expires_at = clock_timestamp() + $2, serves = $3 WHERE id = $1
        RETURNING drains, ARRAY(SELECT p.id FROM nodes p WHERE p.id <> $1 AND p.expires_at > clock_timestamp()),
            ARRAY(SELECT p.id FROM nodes p WHERE p.id <> $1 AND p.last_seen_at > clock_timestamp() - $4)
        """;

    private volatile bool _isWritten, _hasEnded;
    private long _sentAt;
    private long _trustedUntil = long.MinValue;
    private long _judgesFrom = long.MinValue;

    /// <summary>Identity of this stay.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The leases taken during this stay. They are good while <see cref="IsTrusted"/>.</summary>
    public ConcurrentDictionary<Guid, SiteLease> Leases { get; } = new();

    /// <summary>The other living nodes at the last renewal.</summary>
    public IReadOnlySet<Guid> Peers { get; private set; } = new HashSet<Guid>();

    /// <summary>The other nodes that had been seen within <see cref="Silence"/> at the last renewal.</summary>
    public IReadOnlySet<Guid> Heard { get; private set; } = new HashSet<Guid>();

    /// <summary>Whether an operator has this node hand over its sites, as of the last renewal.</summary>
    public bool Drains { get; private set; }

    /// <summary>Whether no other node can have taken a site of this one. No I/O.</summary>
    public bool IsTrusted => !_hasEnded && time.GetTimestamp() < Volatile.Read(ref _trustedUntil);

    /// <summary>
    /// Whether this node may take another for dead because its session has ended. Not just after its own has: if the database was
    /// restarted, all others are about to come back too.
    /// </summary>
    public bool Judges => time.GetTimestamp() >= Volatile.Read(ref _judgesFrom);

    /// <summary>Whether the row was never written, or has not been renewed for so long that a new stay is better than this one.</summary>
    public bool IsOver => !_isWritten || HasLapsed;

    /// <summary>Whether the row was written, and has not been renewed for so long that other nodes are about to take the sites.</summary>
    public bool HasLapsed => _isWritten && time.GetTimestamp() >= After(Volatile.Read(ref _sentAt), Trust);

    /// <summary>Begins the stay on a new session, or goes on with it.</summary>
    /// <param name="connection">A connection with a session of its own, whose end ends the lock.</param>
    /// <param name="address">Address of this node; null when it has none.</param>
    /// <param name="serves">See <see cref="Node.Serves"/>.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>False: other nodes have taken this one for dead.</returns>
    public async Task<bool> EnterAsync(NpgsqlConnection connection, Uri? address, bool serves, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(BePatient, [], cancellation);
        await connection.ExecuteAsync(Lock, [Id], cancellation);
        if (_isWritten)
        {
            Volatile.Write(ref _judgesFrom, After(time.GetTimestamp(), Grace));
            return await RenewAsync(connection, serves);
        }
        await connection.ExecuteAsync(ForgetOld, [], cancellation);
        var sentAt = time.GetTimestamp();
        await connection.ExecuteAsync(Write, [Id, address?.ToString(), Term], cancellation);
        Renewed(sentAt);
        _isWritten = true;
        return await RenewAsync(connection, serves);
    }

    /// <summary>Renews the row, and with it every lease.</summary>
    /// <param name="connection">The connection of the stay.</param>
    /// <param name="serves">See <see cref="Node.Serves"/>.</param>
    /// <returns>False: other nodes have taken this one for dead.</returns>
    public async Task<bool> RenewAsync(NpgsqlConnection connection, bool serves)
    {
        var sentAt = time.GetTimestamp(); // the database's term begins later, whenever the answer comes
        var answers = await connection.QueryAsync(
            Renew, [Id, Term, serves, Silence],
            r => (Drains: r.GetBoolean(0), Peers: r.GetFieldValue<Guid[]>(1), Heard: r.GetFieldValue<Guid[]>(2)), default);
        if (answers is not [var answer]) return false;
        (Drains, Peers, Heard) = (answer.Drains, answer.Peers.ToHashSet(), answer.Heard.ToHashSet());
        Renewed(sentAt);
        return true;
    }

    /// <summary>Deletes the row: other nodes may take this one's sites at once.</summary>
    public Task LeaveAsync(NpgsqlConnection connection) => connection.ExecuteAsync("DELETE FROM nodes WHERE id = $1", [Id], default);

    /// <summary>A renewal has succeeded.</summary>
    /// <param name="sentAt">When it was sent.</param>
    internal void Renewed(long sentAt)
    {
        Volatile.Write(ref _sentAt, sentAt);
        Volatile.Write(ref _trustedUntil, After(sentAt, Trust));
    }

    /// <summary>The session has ended: others may notice.</summary>
    public void LoseSession()
    {
        Volatile.Write(ref _judgesFrom, long.MaxValue);
        Volatile.Write(ref _trustedUntil, Math.Min(_trustedUntil, After(_sentAt, TrustWithoutSession)));
    }

    /// <summary>From now on nothing is this node's own under this stay, even if an answer to a renewal is still on its way.</summary>
    public void End() => _hasEnded = true;

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);
}
