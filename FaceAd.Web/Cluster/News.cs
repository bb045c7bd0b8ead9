using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>What may have changed.</summary>
public enum NewsKind
{
    /// <summary>A campaign's figures; the identity is the campaign's.</summary>
    Campaign = 1,

    /// <summary>The people or presences at a site; the identity is the site's.</summary>
    Site = 2,
}

/// <summary>
/// A change that was not announced yet. Rows are added by the transactions that change facts and deleted by the <see cref="NewsNotifier"/>
/// that announces them. The table is unlogged: a crash of the database empties it, but also breaks every <see cref="NewsListener"/>'s
/// connection, after which each treats everything as changed.
/// </summary>
sealed class NewsRow
{
    /// <summary>Kind of change.</summary>
    public required NewsKind Kind { get; init; }

    /// <summary>Identity of what changed.</summary>
    public required Guid Id { get; init; }
}

sealed class NewsConfiguration : IEntityTypeConfiguration<NewsRow>
{
    public void Configure(EntityTypeBuilder<NewsRow> builder)
    {
        builder.ToTable("news").IsUnlogged();
        builder.HasNoKey();
        builder.HasIndex(n => new { n.Kind, n.Id });
    }
}

/// <summary>
/// Adds news to a transaction, so that they are announced after its commit or not at all. NOTIFY itself takes an instance-wide lock at
/// commit, so it must not be part of an ingest transaction.
/// </summary>
public static class News
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
