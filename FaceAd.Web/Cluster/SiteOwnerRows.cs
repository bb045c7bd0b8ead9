using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>The node that owns a site.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Address">Its address; null when it has none.</param>
/// <param name="IsSilent">Whether it has not been seen for <see cref="NodeTenure.Silence"/>, but may come back.</param>
readonly record struct OtherOwner(Guid NodeId, Uri? Address, bool IsSilent);

/// <summary>The rows of <c>site_owners</c>, as one node asks and changes them. Locks them before rows of <c>nodes</c>.</summary>
static class SiteOwnerRows
{
    // A claim may wait for transactions under the previous lease, which last for milliseconds; those of a node that hangs are ended by
    // PostgreSQL. In seconds.
    private const int Patience = 5;

    private const string FindOwner = $"""
        SELECT n.id, n.address, n.last_seen_at < clock_timestamp() - $5 FROM site_owners o JOIN nodes n ON n.id = o.node_id
        WHERE o.site_id = $1 AND n.id <> $2 AND NOT {NodeTenure.IsDead}
        """;

    private const string AddRow =
        "INSERT INTO site_owners (site_id, generation, since) VALUES ($1, 0, clock_timestamp()) ON CONFLICT (site_id) DO NOTHING";

    // Waits for transactions that hold the row under the previous lease, so that the new owner sees the people they wrote.
    private const string LockRow = "SELECT 1 FROM site_owners WHERE site_id = $1 FOR UPDATE";

    // Either the owner's renewal comes first, and the row is looked at again; or it finds no row, and the owner knows that it is over.
    private const string BuryOwner = $"""
        DELETE FROM nodes n USING site_owners o WHERE o.site_id = $1 AND n.id = o.node_id AND n.id <> $2 AND {NodeTenure.IsDead}
        RETURNING coalesce(n.address, n.id::text)
        """;

    private const string TakeRow = """
        UPDATE site_owners o SET node_id = $2, generation = generation + 1, since = clock_timestamp(), heir_id = NULL
        WHERE site_id = $1 AND EXISTS (SELECT 1 FROM nodes WHERE id = $2)
            AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = o.node_id AND n.id <> $2)
        RETURNING generation
        """;

    private const string FindNode =
        "SELECT id FROM nodes WHERE address = $1 AND expires_at > clock_timestamp() ORDER BY last_seen_at DESC LIMIT 1";

    private const string PassRow =
        "UPDATE site_owners SET node_id = $4, heir_id = NULL, since = clock_timestamp() WHERE site_id = $1 AND node_id = $2 AND generation = $3 RETURNING 1";

    /// <summary>The living node that owns a site, other than this one; null when there is none.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="tenure">This node.</param>
    public static async Task<OtherOwner?> FindOwnerAsync(NpgsqlConnection connection, Guid siteId, NodeTenure tenure)
    {
        var owners = await connection.QueryAsync(
            FindOwner, [siteId, tenure.Id, tenure.Judges, NodeTenure.Grace, NodeTenure.Silence],
            r => new OtherOwner(r.GetGuid(0), r.IsDBNull(1) ? null : new Uri(r.GetString(1)), r.GetBoolean(2)), default);
        return owners is [var owner] ? owner : null;
    }

    /// <summary>Claims a site unless a living node owns it.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="tenure">This node.</param>
    /// <returns>The lease; null when another living node owns it, or this one was taken for dead. And the owner before, if it is
    /// dead.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable, or a transaction under the previous lease does not end.</exception>
    public static async Task<(SiteLease? Lease, string? Buried)> TakeAsync(NpgsqlConnection connection, Guid siteId, NodeTenure tenure)
    {
        // One transaction, but each statement sees what was committed while the one before it waited.
        await using var batch = new NpgsqlBatch(connection) { Timeout = Patience };
        batch.Add(AddRow, siteId);
        batch.Add(LockRow, siteId);
        batch.Add(BuryOwner, siteId, tenure.Id, tenure.Judges, NodeTenure.Grace);
        batch.Add(TakeRow, siteId, tenure.Id);
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync(); // past the lock
        var buried = await reader.ReadAsync() ? reader.GetString(0) : null;
        await reader.NextResultAsync();
        SiteLease? lease = await reader.ReadAsync() ? new SiteLease(siteId, tenure.Id, reader.GetInt64(0)) : null;
        await reader.NextResultAsync(); // past the commit
        return (lease, buried);
    }

    /// <summary>The node that lives at an address; null when none does.</summary>
    public static async Task<Guid?> FindNodeAsync(NpgsqlConnection connection, Uri address, CancellationToken cancellation) =>
        await connection.QueryAsync(FindNode, [address.ToString()], r => r.GetGuid(0), cancellation) is [var node] ? node : null;

    /// <summary>Passes a site on under its lease, once no transaction holds it any more.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="lease">The lease, which is void afterwards.</param>
    /// <param name="heir">The next owner; null for whoever comes first.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Whether the lease was still valid.</returns>
    public static async Task<bool> PassAsync(
        NpgsqlConnection connection, SiteLease lease, Guid? heir, CancellationToken cancellation) =>
        (await connection.QueryAsync(PassRow, [lease.SiteId, lease.NodeId, lease.Generation, heir], _ => true, cancellation)).Count > 0;
}
