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

    private const string Renew =
        "UPDATE nodes SET last_seen_at = clock_timestamp(), expires_at = clock_timestamp() + $2 WHERE id = $1 RETURNING 1";

    private bool _isWritten;
    private long _sentAt;
    private long _trustedUntil = long.MinValue;
    private long _judgesFrom = long.MinValue;

    /// <summary>Identity of this stay.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The leases taken during this stay. They are good while <see cref="IsTrusted"/>.</summary>
    public ConcurrentDictionary<Guid, SiteLease> Leases { get; } = new();

    /// <summary>Whether no other node can have taken a site of this one. No I/O.</summary>
    public bool IsTrusted => time.GetTimestamp() < Volatile.Read(ref _trustedUntil);

    /// <summary>
    /// Whether this node may take another for dead because its session has ended. Not just after its own has: if the database was
    /// restarted, all others are about to come back too.
    /// </summary>
    public bool Judges => time.GetTimestamp() >= Volatile.Read(ref _judgesFrom);

    /// <summary>Whether the row was never written, or has not been renewed for so long that a new stay is better than this one.</summary>
    public bool IsOver => !_isWritten || time.GetTimestamp() >= After(_sentAt, Trust);

    /// <summary>Begins the stay on a new session, or goes on with it.</summary>
    /// <param name="connection">A connection with a session of its own, whose end ends the lock.</param>
    /// <param name="address">Address of this node; null when it has none.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>False: other nodes have taken this one for dead.</returns>
    public async Task<bool> EnterAsync(NpgsqlConnection connection, Uri? address, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(BePatient, [], cancellation);
        await connection.ExecuteAsync(Lock, [Id], cancellation);
        if (_isWritten)
        {
            Volatile.Write(ref _judgesFrom, After(time.GetTimestamp(), Grace));
            return await RenewAsync(connection);
        }
        await connection.ExecuteAsync(ForgetOld, [], cancellation);
        var sentAt = time.GetTimestamp();
        await connection.ExecuteAsync(Write, [Id, address?.ToString(), Term], cancellation);
        _isWritten = true;
        Renewed(sentAt);
        return true;
    }

    /// <summary>Renews the row, and with it every lease.</summary>
    /// <returns>False: other nodes have taken this one for dead.</returns>
    public async Task<bool> RenewAsync(NpgsqlConnection connection)
    {
        var sentAt = time.GetTimestamp(); // the database's term begins later, whenever the answer comes
        if ((await connection.QueryAsync(Renew, [Id, Term], _ => true, default)).Count == 0) return false;
        Renewed(sentAt);
        return true;
    }

    /// <summary>Deletes the row: other nodes may take this one's sites at once.</summary>
    public Task LeaveAsync(NpgsqlConnection connection) => connection.ExecuteAsync("DELETE FROM nodes WHERE id = $1", [Id], default);

    /// <summary>A renewal has succeeded.</summary>
    /// <param name="sentAt">When it was sent.</param>
    internal void Renewed(long sentAt)
    {
        _sentAt = sentAt;
        Volatile.Write(ref _trustedUntil, After(sentAt, Trust));
    }

    /// <summary>The session has ended: others may notice.</summary>
    public void LoseSession()
    {
        Volatile.Write(ref _judgesFrom, long.MaxValue);
        Volatile.Write(ref _trustedUntil, Math.Min(_trustedUntil, After(_sentAt, TrustWithoutSession)));
    }

    /// <summary>From now on nothing is this node's own under this stay.</summary>
    public void End() => Volatile.Write(ref _trustedUntil, long.MinValue);

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * time.TimestampFrequency);
}
