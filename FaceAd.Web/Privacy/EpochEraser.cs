using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Data.Backups;
using Npgsql;

namespace FaceAd.Web.Privacy;

/// <summary>
/// Destroys the person records of one site's epoch: keys, templates and every person
/// id, in one transaction. Presences and exposures remain, with the
/// person's segment and without the person.
/// </summary>
sealed class EpochEraser(NpgsqlDataSource database, TimeProvider time, ErasureLedger? ledger = null)
{
    /// <summary>Tables that keep their rows without the person id; in all other tables with a person id the rows are deleted.</summary>
    private static readonly string[] Kept = ["presences", "exposures"];

    private const int Patience = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Destroys an epoch's person records. Does nothing when there are neither person records nor a key.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="epoch">Number of the epoch.</param>
    /// <param name="reason">Why; after <see cref="EpochEndReason.Ended"/> no key is made for the epoch any more.</param>
    /// <param name="cancellation">Cancels; nothing is changed.</param>
    /// <returns>What was destroyed; null when nothing was there.</returns>
    public async Task<ErasureRecord?> EraseAsync(Guid siteId, int epoch, EpochEndReason reason, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await EpochFence.CloseAsync(connection, siteId, epoch, cancellation);
        // Exposures copy person ids from presences: no transaction may be between reading one and writing the other.
        await connection.ExecuteAsync("""
            SELECT pg_advisory_xact_lock(hashtextextended('facead.exposures.' || l.id, 0))
            FROM (SELECT $1::uuid AS id UNION ALL (SELECT id FROM screens WHERE site_id = $1 ORDER BY id)) AS l
            """, [siteId], cancellation);

        var persons = await connection.QueryAsync(
            "SELECT id FROM persons WHERE site_id = $1 AND epoch = $2", [siteId, epoch], r => r.GetGuid(0), cancellation);
        var keys = await connection.QueryAsync(
            "DELETE FROM epoch_keys WHERE site_id = $1 AND epoch = $2 RETURNING id", [siteId, epoch], r => r.GetGuid(0), cancellation);
        if (persons.Count == 0 && keys.Count == 0) return null;

        var ids = persons.Concat(await FindOrphansAsync(connection, siteId, cancellation)).ToArray();
        var seen = (await connection.QueryAsync(
            "SELECT min(seen_from), max(seen_to) FROM presences WHERE person_id = ANY ($1)", [ids],
            r => r.IsDBNull(0)
                ? default((DateTimeOffset, DateTimeOffset)?)
                : (r.GetFieldValue<DateTimeOffset>(0), r.GetFieldValue<DateTimeOffset>(1)), cancellation))[0];
        await connection.ExecuteAsync(
            "UPDATE presences s SET segment = p.segment, person_id = NULL FROM persons p WHERE s.person_id = p.id AND p.site_id = $1 AND p.epoch = $2",
            [siteId, epoch], cancellation);
        await connection.ExecuteAsync("UPDATE presences SET person_id = NULL WHERE person_id = ANY ($1)", [ids], cancellation);
        await connection.ExecuteAsync("DELETE FROM persons WHERE site_id = $1 AND epoch = $2", [siteId, epoch], cancellation);
        if (seen is var (from, to)) await ForgetExposuresAsync(connection, siteId, ids, from, to, cancellation);
        foreach (var table in await FindOtherTablesAsync(connection, cancellation))
            await connection.ExecuteAsync($"DELETE FROM {table} WHERE person_id = ANY ($1)", [ids], cancellation);
        var ending =
            new ErasureRecord { SiteId = siteId, Epoch = epoch, Reason = reason, Persons = persons.Count, EndedAt = time.GetUtcNow() };
        await connection.ExecuteAsync(
            "INSERT INTO erasure_records (site_id, epoch, reason, persons, ended_at) VALUES ($1, $2, $3, $4, $5)",
            [siteId, epoch, (int)reason, ending.Persons, ending.EndedAt], cancellation);
        await News.AddAsync(connection, NewsKind.Erased, [siteId], cancellation);
        ledger?.Add(keys);
        await transaction.CommitAsync(cancellation);
        return ending;
    }

    /// <summary>
    /// Frees the space of what was deleted, so that it does not remain in the files for
    /// long. Does nothing when that has been done since the newest erasure.
    /// Runs outside of any transaction.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var ends = await connection.QueryAsync("SELECT id FROM erasure_records WHERE swept_at IS NULL", [], r =>
            r.GetInt64(0), cancellation);
        if (ends.Count == 0) return;
        if (!await OldSnapshotsGoneAsync(connection, cancellation)) return;
        // The keys' table, a few rows, is rewritten: without the keys no remaining copy of a template can be read.
        await connection.ExecuteAsync("SET lock_timeout = '10s'", [], cancellation);
        await connection.ExecuteAsync("VACUUM (FULL) epoch_keys", [], cancellation);
        string[] tables = ["persons", .. Kept, .. await FindOtherTablesAsync(connection, cancellation)];
        foreach (var table in tables) await connection.ExecuteAsync($"VACUUM {table}", [], cancellation);
        await connection.ExecuteAsync(
            "UPDATE erasure_records SET swept_at = $1 WHERE id = ANY ($2)", [time.GetUtcNow(), ends.ToArray()], cancellation);
    }

    /// <summary>
    /// Waits until no current or new snapshot can see the deleted rows: until then no vacuum removes them. A new
    /// snapshot, that of the vacuum too, is as old as the oldest transaction that writes, in whichever
    /// database of the server. False when that takes long; the next call tries again.
    /// </summary>
    private async Task<bool> OldSnapshotsGoneAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var now = (await connection.QueryAsync("SELECT pg_current_xact_id()::text", [], r => r.GetString(0), cancellation))[0];
        for (var attempt = 0; attempt < Patience; attempt++)
        {
            var gone = await connection.QueryAsync("""
                SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 AND NOT EXISTS (
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND age(backend_xmin) > age($1::text::xid8::xid))
                """, [now], r => r.GetBoolean(0), cancellation);
            if (gone[0]) return true;
            await Task.Delay(Pause, time, cancellation);
        }
        return false;
    }

    /// <summary>Every table with a column person_id, apart from those that keep their rows; not their partitions.</summary>
    internal static Task<List<string>> FindOtherTablesAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        connection.QueryAsync("""
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.attname = 'person_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND n.nspname = current_schema() AND c.relname <> ALL ($1) ORDER BY 1
            """, [Kept], r => r.GetString(0), cancellation);

    /// <summary>People of the site's presences that have no row: it was refused, and a later report was not.</summary>
    private static Task<List<Guid>> FindOrphansAsync(NpgsqlConnection connection, Guid siteId, CancellationToken cancellation) =>
        connection.QueryAsync("""
            SELECT DISTINCT s.person_id FROM presences s
            WHERE s.screen_id IN (SELECT id FROM screens WHERE site_id = $1) AND s.person_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM persons p WHERE p.id = s.person_id)
            """, [siteId], r => r.GetGuid(0), cancellation);

    // By the plays of the site in that time, of which every exposure has one: exposures have no index by person.
    private static Task ForgetExposuresAsync(
        NpgsqlConnection connection, Guid siteId, Guid[] persons, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation) =>
        connection.ExecuteAsync("""
            UPDATE exposures e SET person_id = NULL
            FROM plays p
            WHERE p.screen_id IN (SELECT id FROM screens WHERE site_id = $1) AND p.started_at >= $3 AND p.started_at <= $4
            AND e.day = p.day AND e.day >= $5 AND e.day <= $6 AND e.play_id = p.id AND e.person_id = ANY ($2)
            """,
            [siteId, persons, from.AddDays(-1), to.AddDays(1), DateOnly.FromDateTime(from.UtcDateTime)
                .AddDays(-2), DateOnly.FromDateTime(to.UtcDateTime).AddDays(2)],
            cancellation);
}
