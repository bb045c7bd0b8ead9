using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>What nodes read before they hand sites over, and what an operator wants of them.</summary>
static class SitePlan
{
    private const string LockAll = $"SELECT pg_try_advisory_xact_lock(hashtextextended('facead.sites', 0)), {Sql.EndIfHung}";

    // One that was killed or hangs lives until its term is over, but takes nothing any more.
    private const string ReadNodes = """
        SELECT n.id, n.address, count(o.site_id)::int, n.serves AND n.last_seen_at > clock_timestamp() - interval '3 seconds', n.drains
        FROM nodes n LEFT JOIN site_owners o ON o.node_id = n.id
        WHERE n.expires_at > clock_timestamp() GROUP BY n.id ORDER BY n.id
        """;

    private const string ReadSites = "SELECT site_id FROM site_owners WHERE node_id = $1 ORDER BY since, site_id";

    private const string ReadWishes = """
        SELECT o.site_id, n.address FROM site_owners o JOIN nodes n ON n.id = o.heir_id
        WHERE o.node_id = $1 AND n.address IS NOT NULL AND n.expires_at > clock_timestamp()
        """;

    /// <summary>Has the other nodes not move sites until the transaction ends.</summary>
    /// <returns>False: another node moves sites now.</returns>
    public static async Task<bool> LockAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await connection.QueryAsync(LockAll, [], r => r.GetBoolean(0), cancellation))[0];

    /// <summary>The living nodes.</summary>
    public static async Task<IReadOnlyList<NodeLoad>> ReadNodesAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.QueryAsync(
            ReadNodes, [], r => new NodeLoad(
                r.GetGuid(0), r.IsDBNull(1) ? null : new Uri(r.GetString(1)), r.GetInt32(2), r.GetBoolean(3), r.GetBoolean(4)),
            cancellation);

    /// <summary>The sites that a node has by their rows, the newest last; some of them it may not have claimed yet.</summary>
    public static async Task<IReadOnlyList<Guid>> ReadSitesAsync(NpgsqlConnection connection, Guid node, CancellationToken cancellation) =>
        await connection.QueryAsync(ReadSites, [node], r => r.GetGuid(0), cancellation);

    /// <summary>The sites of a node that an operator wants elsewhere, and where.</summary>
    public static async Task<IReadOnlyList<(Guid Site, Uri Heir)>> ReadWishesAsync(
        NpgsqlConnection connection, Guid node, CancellationToken cancellation) =>
        await connection.QueryAsync(ReadWishes, [node], r => (r.GetGuid(0), new Uri(r.GetString(1))), cancellation);
}
