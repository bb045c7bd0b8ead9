using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>A node's right to recognise the persons of a site, as long as nobody else has taken it.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="NodeId">The node.</param>
/// <param name="Generation">Which of the site's ownerships it is.</param>
public readonly record struct SiteLease(Guid SiteId, Guid NodeId, long Generation)
{
    /// <summary>
    /// Holds the site for the rest of a transaction, so that nobody can take it over before the transaction has ended: whoever does
    /// takes over with everything that it wrote.
    /// </summary>
    /// <param name="connection">A connection with an open transaction.</param>
    /// <param name="leases">The leases under which the transaction's persons were recognised; repeats are folded.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SiteLostException">One of the sites has another owner by now: nothing may be written under that lease.</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, IEnumerable<SiteLease> leases, CancellationToken cancellation)
    {
        // In one order for all, though shared locks do not exclude each other: a new owner may wait between.
        foreach (var lease in leases.Distinct().OrderBy(l => l.SiteId))
        {
            var held = await connection.QueryAsync(
                "SELECT 1 FROM site_owners WHERE site_id = $1 AND node_id = $2 AND generation = $3 FOR SHARE",
                [lease.SiteId, lease.NodeId, lease.Generation], _ => true, cancellation);
            if (held.Count == 0) throw new SiteLostException(lease.SiteId);
        }
    }
}

/// <summary>This node does not own the site (any more). The screen is to try again in a second; it will be led to the owner.</summary>
/// <param name="siteId">The site.</param>
public sealed class SiteLostException(Guid siteId) : Exception($"Site {siteId} belongs to another node.")
{
    /// <summary>The site.</summary>
    public Guid SiteId { get; } = siteId;
}
