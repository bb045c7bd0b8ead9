using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>The key under which people were recognised. It is valid until their epoch ends or is erased.</summary>
/// <param name="SiteId">The site.</param>
/// <param name="Epoch">Number of the epoch.</param>
/// <param name="KeyId">The key; another one after an erasure.</param>
readonly record struct EpochLease(Guid SiteId, int Epoch, Guid KeyId);

/// <summary>
/// Keeps writers of people and the destruction of an epoch apart: writers hold the epoch in shared mode, destroying it or creating its key
/// holds it exclusively. So no node writes a person id for an epoch that has ended, whatever is in its memory.
/// </summary>
static class EpochFence
{
    private const string Key = "hashtextextended('facead.epoch.' || l.site || '.' || l.epoch, 0)";

    /// <summary>Holds epochs until the transaction ends, together with other writers.</summary>
    /// <param name="connection">A connection in a transaction that has locked no row yet.</param>
    /// <param name="leases">What people were recognised under.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The leases that are still valid; people of other leases must not be written.</returns>
    public static async Task<HashSet<EpochLease>> HoldAsync(
        NpgsqlConnection connection, IEnumerable<EpochLease> leases, CancellationToken cancellation)
    {
        // In one order: otherwise two writers and two erasures could deadlock.
        EpochLease[] held = [.. leases.Distinct().OrderBy(l => l.SiteId).ThenBy(l => l.Epoch)];
        if (held.Length == 0) return [];
        await using var batch = new NpgsqlBatch(connection);
        batch.Add($"SELECT pg_advisory_xact_lock_shared({Key}) FROM unnest($1, $2) AS l (site, epoch)",
            held.Select(l => l.SiteId).ToArray(), held.Select(l => l.Epoch).ToArray());
        // A statement of its own: it sees what was committed while the locks were waited for.
        batch.Add("SELECT site_id, epoch, id FROM epoch_keys WHERE id = ANY ($1)", held.Select(l => l.KeyId).ToArray());
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        HashSet<EpochLease> standing = [];
        while (await reader.ReadAsync(cancellation)) standing.Add(new EpochLease(reader.GetGuid(0), reader.GetInt32(1), reader.GetGuid(2)));
        return standing;
    }

    /// <summary>Holds an epoch alone until the transaction ends.</summary>
    /// <param name="connection">A connection in a transaction.</param>
    /// <param name="siteId">The site.</param>
    /// <param name="epoch">Number of the epoch.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Task CloseAsync(NpgsqlConnection connection, Guid siteId, int epoch, CancellationToken cancellation) =>
        connection.ExecuteAsync(
            $"SELECT pg_advisory_xact_lock({Key}) FROM (SELECT $1::uuid AS site, $2::int AS epoch) AS l", [siteId, epoch], cancellation);
}
