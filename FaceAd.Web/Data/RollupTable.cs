using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>
/// Changes to one rollup table, summed in memory and written by one statement. Rows are always written in key order, so that two
/// transactions cannot deadlock.
/// </summary>
sealed class RollupTable<TKey, TFact>(RollupShape<TKey, TFact> shape)
    where TKey : notnull, IComparable<TKey>
{
    private readonly Dictionary<TKey, long[]> _changes = [];

    /// <summary>Adds (+1) or subtracts (-1) what a fact contributes to a row's sums.</summary>
    public void Add(TKey key, TFact fact, int sign)
    {
        var row = Row(key);
        for (var i = 0; i < shape.Contributions.Length; i++) row[i] += sign * shape.Contributions[i].Of(fact);
    }

    /// <summary>Adds to one of a row's sums; the value may be negative.</summary>
    public void Add(TKey key, string sum, long value) => Row(key)[Array.IndexOf(shape.Sums, sum)] += value;

    /// <summary>Adds the statement that applies the changes, without rows that stay the same, if there are any.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        var changes = _changes.Where(c => c.Value.Any(v => v != 0)).OrderBy(c => c.Key).ToList();
        if (changes.Count == 0) return;
        TKey[] rows = [.. changes.Select(c => c.Key)];
        batch.Add(
            Statement(),
            [.. shape.KeyColumns.Select(k => k.Values(rows)), .. shape.Sums.Select((_, i) => changes.Select(c => c.Value[i]).ToArray())]);
    }

    private long[] Row(TKey key)
    {
        if (!_changes.TryGetValue(key, out var row)) _changes[key] = row = new long[shape.Sums.Length];
        return row;
    }

    private string Statement()
    {
        string[] names = [.. shape.Keys, .. shape.Sums];
        return $"""
            INSERT INTO {shape.Table} ({string.Join(", ", names)})
            SELECT * FROM unnest({string.Join(", ", names.Select((_, i) => $"${i + 1}"))})
            ON CONFLICT ({string.Join(", ", shape.Keys)})
            DO UPDATE SET {string.Join(", ", shape.Sums.Select(s => $"{s} = {shape.Table}.{s} + excluded.{s}"))}
            """;
    }
}
