using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// Adds news to a transaction, so that they are announced after its commit or not at all. NOTIFY itself takes an instance-wide lock at
/// commit, so it must not be part of an ingest transaction.
/// </summary>
static class News
{
    // The table holds each thing about once, however long it is not drained: a transaction that finds a row for the same thing adds none,
    // but share-locks that row until its own commit, as others may do too. Until then the row cannot be deleted, so it is announced
    // afterwards. A row that is being deleted right now is skipped and a new one added. No step blocks.
    private const string Insert = """
        INSERT INTO news (kind, id)
        SELECT $1, fresh FROM unnest($2) AS fresh
        WHERE NOT EXISTS (SELECT 1 FROM news WHERE kind = $1 AND id = fresh FOR KEY SHARE SKIP LOCKED)
        """;

    /// <summary>Adds news to the open transaction of a connection. It must be READ COMMITTED, the usual level.</summary>
    /// <param name="connection">A connection with an open transaction.</param>
    /// <param name="kind">What has changed.</param>
    /// <param name="ids">Identities; duplicates are ignored.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static Task AddAsync(NpgsqlConnection connection, NewsKind kind, IEnumerable<Guid> ids, CancellationToken cancellation)
    {
        var distinct = ids.Distinct().ToArray();
        return distinct.Length == 0 ? Task.CompletedTask : connection.ExecuteAsync(Insert, [(int)kind, distinct], cancellation);
    }

    /// <summary>Adds news to a batch that runs in a transaction; see <see cref="AddAsync"/>.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="kind">What has changed.</param>
    /// <param name="ids">Identities; duplicates are ignored.</param>
    public static void Add(NpgsqlBatch batch, NewsKind kind, IEnumerable<Guid> ids)
    {
        var distinct = ids.Distinct().ToArray();
        if (distinct.Length > 0) batch.Add(Insert, (int)kind, distinct);
    }
}
