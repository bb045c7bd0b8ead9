
namespace FaceAd.Web.Data;

/// <summary>A column of a rollup.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values for many rows, as an array type that PostgreSQL knows.</param>
readonly record struct RollupColumn<TRow>(string Name, Func<TRow[], Array> Values);

/// <summary>A sum of a rollup.</summary>
/// <param name="Name">Column.</param>
/// <param name="Of">What one fact adds to it.</param>
readonly record struct RollupSum<TFact>(string Name, Func<TFact, long> Of);

/// <summary>
/// A rollup's table and columns, named once: its writer and its audit read them from here. A new sum is added here, to its entity, and with
/// its SQL to <c>RollupDefinition</c>.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="keys">Columns of its key.</param>
/// <param name="sums">The other columns.</param>
class RollupShape(string table, string[] keys, string[] sums)
{
    public string Table { get; } = table;

    /// <summary>Columns of its key.</summary>
    public string[] Keys { get; } = keys;

    /// <summary>The other columns: sums, or what is known of a person.</summary>
    public string[] Sums { get; } = sums;
}

/// <summary>A rollup of sums over facts.</summary>
/// <param name="table">The table.</param>
/// <param name="keys">Columns of its key.</param>
/// <param name="sums">Sums to which each fact adds.</param>
/// <param name="others">Columns of sums that are changed by name.</param>
sealed class RollupShape<TKey, TFact>(string table, RollupColumn<TKey>[] keys, RollupSum<TFact>[] sums, params string[] others)
    : RollupShape(table, [.. keys.Select(k => k.Name)], [.. sums.Select(s => s.Name), .. others])
{
    public RollupColumn<TKey>[] KeyColumns { get; } = keys;

    /// <summary>The first of its sums: those to which each fact adds.</summary>
    public RollupSum<TFact>[] Contributions { get; } = sums;
}
