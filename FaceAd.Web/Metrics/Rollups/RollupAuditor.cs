using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Metrics.Rollups;

/// <summary>A rollup row that differs from the raw rows.</summary>
/// <param name="Table">The rollup.</param>
/// <param name="Row">The row's key and sums, stored and recomputed, as readable text.</param>
sealed record RollupDifference(string Table, string Row);

/// <summary>
/// Recomputes every rollup from its source rows, by SQL that shares only table and column names with the code that maintains them: an
/// independent check that can run at any time while reports come in, and a repair. Raw rows dropped by retention and people deleted at the
/// end of an epoch cannot be summed again: their rollups are sealed and skipped. Definitions: docs/metrics.md.
/// </summary>
sealed class RollupAuditor(NpgsqlDataSource database)
{
    private const int MostReported = 100;

    /// <summary>Compares all rollups with the raw rows, in one snapshot.</summary>
    /// <returns>The rows that differ, at most 100 per rollup; empty when all agree.</returns>
    public async Task<IReadOnlyList<RollupDifference>> CompareAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await PrepareAsync(connection, cancellation);
        List<RollupDifference> differences = [];
        foreach (var rollup in RollupDefinition.All)
        {
            differences.AddRange(await connection.QueryAsync(
                $"SELECT to_jsonb(d)::text FROM ({rollup.Differences}) AS d LIMIT {MostReported}", [],
                r => new RollupDifference(rollup.Table, r.GetString(0)), cancellation));
        }
        return differences;
    }

    /// <summary>Repairs rows that differ, in one transaction. Reports wait meanwhile.</summary>
    /// <param name="cancellation">Cancels the operation; nothing has changed then.</param>
    /// <returns>Number of rows repaired.</returns>
    public async Task<long> RebuildAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(
            $"LOCK TABLE exposures, visits, person_days, {string.Join(", ", RollupDefinition.All.Select(r => r.Table).Distinct())} IN SHARE ROW EXCLUSIVE MODE", [], cancellation);
        await PrepareAsync(connection, cancellation);
        var wrong = 0L;
        foreach (var rollup in RollupDefinition.All)
        {
            await using var command = new NpgsqlCommand(rollup.Repair, connection);
            wrong += await command.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return wrong;
    }

    // The days up to which nothing can be recomputed, as a one-row table. One day is added because sites' days may differ by one.
    private static Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellation) => connection.ExecuteAsync("""
        CREATE TEMPORARY TABLE sealed ON COMMIT DROP AS
        SELECT COALESCE((SELECT max(day) FROM retention_marks), '-infinity') AS raw_day,
               COALESCE((SELECT max(ended_at)::date + 1 FROM erasure_records), '-infinity') AS person_day,
               COALESCE((SELECT max(epoch) FROM erasure_records), -2147483648) AS person_epoch
        """, [], cancellation);
}
