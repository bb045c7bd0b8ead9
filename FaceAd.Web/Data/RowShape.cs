using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>A rollup whose rows are written whole, or deleted.</summary>
/// <param name="table">The table.</param>
/// <param name="keys">Columns of its key.</param>
/// <param name="values">The other columns.</param>
sealed class RowShape<TRow>(string table, RollupColumn<TRow>[] keys, RollupColumn<TRow>[] values)
    : RollupShape(table, [.. keys.Select(k => k.Name)], [.. values.Select(v => v.Name)])
{
    private readonly RollupColumn<TRow>[] _keys = keys;
    private readonly RollupColumn<TRow>[] _columns = [.. keys, .. values];

    /// <summary>Adds the statement that writes rows, replacing those with the same key, if there are any.</summary>
    public void AddRowsTo(NpgsqlBatch batch, TRow[] rows)
    {
        if (rows.Length == 0) return;
        batch.Add($"""
            INSERT INTO {Table} ({string.Join(", ", _columns.Select(c => c.Name))})
            SELECT * FROM unnest({string.Join(", ", _columns.Select((_, i) => $"${i + 1}"))})
            ON CONFLICT ({string.Join(", ", Keys)}) DO UPDATE SET {string.Join(", ", Sums.Select(s => $"{s} = excluded.{s}"))}
            """, [.. _columns.Select(c => c.Values(rows))]);
    }

    /// <summary>Adds the statement that deletes rows by their keys, if there are any.</summary>
    public void AddDeletesTo(NpgsqlBatch batch, TRow[] rows)
    {
        if (rows.Length == 0) return;
        batch.Add($"""
            DELETE FROM {Table} r USING unnest({string.Join(", ", _keys.Select((_, i) => $"${i + 1}"))}) AS gone ({string.Join(", ", Keys)})
            WHERE {string.Join(" AND ", Keys.Select(k => $"r.{k} = gone.{k}"))}
            """, [.. _keys.Select(k => k.Values(rows))]);
    }
}
