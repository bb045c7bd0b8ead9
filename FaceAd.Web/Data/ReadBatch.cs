using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>Queries sent to the database in one round trip.</summary>
sealed class ReadBatch(NpgsqlConnection connection)
{
    private readonly List<(NpgsqlBatchCommand Command, Action<NpgsqlDataReader> Read)> _queries = [];

    /// <summary>Adds a query.</summary>
    /// <param name="sql">Its text, with positional parameters.</param>
    /// <param name="values">Their values.</param>
    /// <param name="read">Reads one row.</param>
    /// <returns>Its rows, empty until <see cref="RunAsync"/> fills them in.</returns>
    public IReadOnlyList<T> Add<T>(string sql, object?[] values, Func<NpgsqlDataReader, T> read)
    {
        List<T> rows = [];
        _queries.Add((Sql.BatchCommand(sql, values), reader => rows.Add(read(reader))));
        return rows;
    }

    /// <summary>Runs the queries and fills in all rows.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (_queries.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (command, _) in _queries) batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var (_, read) in _queries)
        {
            while (await reader.ReadAsync(cancellation)) read(reader);
            await reader.NextResultAsync(cancellation);
        }
        _queries.Clear();
    }
}
