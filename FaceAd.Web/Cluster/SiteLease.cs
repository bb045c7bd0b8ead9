using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>A node's right to recognise the viewers of a site, until another node takes over.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="NodeId">The node.</param>
/// <param name="Generation">Fencing number of this ownership.</param>
readonly record struct SiteLease(Guid SiteId, Guid NodeId, long Generation)
{
    private const string Lost = """
        SELECT k.site_id FROM unnest($1, $2, $3) AS k (site_id, node_id, generation) WHERE NOT EXISTS (
            SELECT FROM site_owners o WHERE o.site_id = k.site_id AND o.node_id = k.node_id AND o.generation = k.generation)
        """;

    /// <summary>
    /// Looks whether leases stand, and locks nothing: for a transaction that ends, one way or the other, before a hung node is replaced
    /// (<see cref="Sql.EndIfHung"/>).
    /// </summary>
    /// <param name="connection">A connection with an open transaction.</param>
    /// <param name="leases">The leases; duplicates are ignored.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="SiteLostException">One of the sites has a new owner.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, IEnumerable<SiteLease> leases, CancellationToken cancellation)
    {
        SiteLease[] distinct = [.. leases.Distinct()];
        if (distinct.Length == 0) return;
        var lost = await connection.QueryAsync(
            Lost,
            [
                Array.ConvertAll(distinct, l => l.SiteId), Array.ConvertAll(distinct, l => l.NodeId),
                Array.ConvertAll(distinct, l => l.Generation),
            ],
            r => r.GetGuid(0), cancellation);
        if (lost.Count > 0) throw new SiteLostException(lost[0]);
    }

    /// <summary>
    /// Locks the site for the rest of a transaction: no other node can take over before it ends, and the next owner sees everything it
    /// wrote.
    /// </summary>
    /// <param name="connection">A connection with an open transaction.</param>
    /// <param name="leases">The leases under which the transaction's people were recognised; duplicates are ignored.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="SiteLostException">One of the sites has a new owner: nothing may be written under the old lease.</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, IEnumerable<SiteLease> leases, CancellationToken cancellation)
    {
        // In one order everywhere: shared locks do not conflict with each other, but a waiting new owner can queue between them.
        foreach (var lease in leases.Distinct().OrderBy(l => l.SiteId))
        {
            var held = await connection.QueryAsync(
                "SELECT 1 FROM site_owners WHERE site_id = $1 AND node_id = $2 AND generation = $3 FOR SHARE",
                [lease.SiteId, lease.NodeId, lease.Generation], _ => true, cancellation);
            if (held.Count == 0) throw new SiteLostException(lease.SiteId);
        }
    }
}

/// <summary>This node does not own the site, or no longer does. The screen retries in a second and is forwarded to the owner.</summary>
sealed class SiteLostException(Guid siteId) : Exception($"Site {siteId} belongs to another node.")
{
    public Guid SiteId { get; } = siteId;
}
