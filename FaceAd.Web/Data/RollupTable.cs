using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>One column of a rollup's key.</summary>
/// <param name="Name">Column.</param>
/// <param name="Values">Its values for many keys, as an array type that PostgreSQL knows.</param>
readonly record struct KeyColumn<TKey>(string Name, Func<TKey[], Array> Values);

/// <summary>
/// Changes to one rollup table, summed in memory and written by one statement. Rows are always written in key order, so that two
/// transactions cannot deadlock.
/// </summary>
sealed class RollupTable<TKey>(string table, KeyColumn<TKey>[] keys, string[] sums)
    where TKey : notnull, IComparable<TKey>
{
    private readonly Dictionary<TKey, long[]> _changes = [];

    /// <summary>Adds to a row's sums.</summary>
    /// <param name="key">The row's key.</param>
    /// <param name="values">One number per sum; may be negative.</param>
    public void Add(TKey key, params ReadOnlySpan<long> values)
    {
        if (!_changes.TryGetValue(key, out var row)) _changes[key] = row = new long[sums.Length];
        for (var i = 0; i < row.Length; i++) row[i] += values[i];
    }

    /// <summary>The changes to apply, without rows that stay the same.</summary>
    public IEnumerable<KeyValuePair<TKey, long[]>> Changes => _changes.Where(c => c.Value.Any(v => v != 0));

    /// <summary>Adds the statement that applies the changes, if there are any.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        var changes = Changes.OrderBy(c => c.Key).ToList();
        if (changes.Count == 0) return;
        TKey[] rows = [.. changes.Select(c => c.Key)];
        batch.Add(
            Statement(),
            [.. keys.Select(k => k.Values(rows)), .. sums.Select((_, i) => changes.Select(c => c.Value[i]).ToArray())]);
    }

    private string Statement()
    {
        string[] names = [.. keys.Select(k => k.Name), .. sums];
        return $"""
            INSERT INTO {table} ({string.Join(", ", names)})
            SELECT * FROM unnest({string.Join(", ", names.Select((_, i) => $"${i + 1}"))})
            ON CONFLICT ({string.Join(", ", keys.Select(k => k.Name))})
            DO UPDATE SET {string.Join(", ", sums.Select(s => $"{s} = {table}.{s} + excluded.{s}"))}
            """;
    }
}
