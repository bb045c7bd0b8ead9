using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>Raw SQL with positional parameters, for the paths where EF Core would cost or hide too much. Texts are made storable.</summary>
static class Sql
{
    /// <summary>
    /// In a SELECT of a transaction: PostgreSQL ends the session if it then waits for us longer than that, so a node that hangs amid a
    /// transaction does not hold its locks against the others for as long as it hangs.
    /// </summary>
    public const string EndIfHung = "set_config('idle_in_transaction_session_timeout', '10s', true)";

    /// <summary>The most characters of a text that is searched for.</summary>
    public const int MostSearch = 100;

    /// <summary>A LIKE pattern, with the escape character \, that matches a text anywhere; null for one of which nothing is seen.</summary>
    public static string? Pattern(string? words) => StorableText.Trimmed(words) is not { } text ? null
        : $"%{string.Concat(StorableText.Cut(text, MostSearch).Select(c => c is '\\' or '%' or '_' ? $"\\{c}" : $"{c}"))}%";

    /// <summary>Runs a statement.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, object?[] values, CancellationToken cancellation)
    {
        await using var command = connection.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Runs a query and reads every row.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlConnection connection, string sql, object?[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = connection.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Adds a statement to a batch.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params object?[] values) =>
        batch.BatchCommands.Add(BatchCommand(sql, values));

    /// <summary>A statement of a batch.</summary>
    public static NpgsqlBatchCommand BatchCommand(string sql, object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    private static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    private static NpgsqlParameter Parameter(object? value) => new() { Value = StorableText.Of(value) ?? DBNull.Value };
}
