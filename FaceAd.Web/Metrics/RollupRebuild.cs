using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Metrics;

/// <summary>A rollup row that is not what the raw rows say.</summary>
/// <param name="Table">The rollup.</param>
/// <param name="Row">The row's key and sums, stored and recomputed, for people.</param>
public sealed record RollupDifference(string Table, string Row);

/// <summary>
/// Recomputes every rollup from the rows below it, by SQL that shares nothing with the code that keeps them: a check that anybody can
/// run at any time while reports come in, and a repair. Raw rows that retention has dropped, and persons that an epoch's end has destroyed,
/// cannot be summed again: their rollups are sealed and left out. Definitions: docs/metrics.md.
/// </summary>
public sealed class RollupRebuild(NpgsqlDataSource database)
{
    private const int MostReported = 100;

    /// <summary>Compares all rollups with what the raw rows say, in one snapshot.</summary>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The rows that differ, at most 100 of each rollup; none when the books are right.</returns>
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

    /// <summary>Puts rows that differ right, in one transaction. Reports wait meanwhile.</summary>
    /// <param name="cancellation">Gives up; nothing has changed then.</param>
    /// <returns>How many rows were wrong.</returns>
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

    // Up to which day nothing can be recomputed; the statements read it as a one-row table. Days of the sites may lie a day apart.
    private static Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellation) => connection.ExecuteAsync("""
        CREATE TEMPORARY TABLE sealed ON COMMIT DROP AS
        SELECT COALESCE((SELECT max(day) FROM retention_marks), '-infinity') AS raw_day,
               COALESCE((SELECT max(ended_at)::date + 1 FROM epoch_ends), '-infinity') AS person_day,
               COALESCE((SELECT max(epoch) FROM epoch_ends), -2147483648) AS person_epoch
        """, [], cancellation);
}
