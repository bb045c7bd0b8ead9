using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Delivery;

/// <summary>What kept a campaign from being chosen.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Times">How often.</param>
/// <param name="Krw">What it would have been worth, on average, KRW.</param>
/// <param name="LastAt">When it was last.</param>
public sealed record DeliveryStop(Gate Gate, long Times, double Krw, DateTimeOffset LastAt)
{
    /// <summary>Counts, among the newest decisions of some times of screens, those in which a campaign was among the best losers.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="times">Screens, each with a time, from and to; a screen may have several.</param>
    /// <param name="most">The most decisions of each.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    internal static async Task<IReadOnlyList<DeliveryStop>> ReadAsync(
        NpgsqlConnection connection, Guid campaign, IReadOnlyCollection<(Guid Screen, DateTimeOffset From, DateTimeOffset To)> times,
        int most, CancellationToken cancellation) => await connection.QueryAsync("""
            SELECT l.g, count(*), avg(l.v), max(d.at)
            FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS s (id, since, till)
            CROSS JOIN LATERAL (
                SELECT * FROM decisions x WHERE x.screen_id = s.id AND x.at > s.since AND x.at <= s.till ORDER BY x.at DESC LIMIT $5) d
            CROSS JOIN LATERAL jsonb_to_recordset(d.losers) AS l (c uuid, g int, v float8) WHERE l.c = $4 GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            [times.Select(t => t.Screen).ToArray(), times.Select(t => t.From.UtcDateTime).ToArray(),
                times.Select(t => t.To.UtcDateTime).ToArray(), campaign, most],
            r => new DeliveryStop((Gate)r.GetInt32(0), r.GetInt64(1), r.GetDouble(2), r.GetFieldValue<DateTimeOffset>(3)), cancellation);
}
