using Npgsql;

namespace FaceAd.Tests.Support.Faults;

/// <summary>A database that answers nothing about most of its tables until it is disposed.</summary>
internal sealed class SlowDatabase : IAsyncDisposable
{
    private const string Tables =
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1) ORDER BY 1";
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private readonly NpgsqlConnection _holder, _watch;

    private SlowDatabase(NpgsqlConnection holder, NpgsqlConnection watch) => (_holder, _watch) = (holder, watch);

    /// <summary>From now on every read of a table waits.</summary>
    /// <param name="connection">How to connect to it.</param>
    /// <param name="except">Tables that answer as always.</param>
    public static async Task<SlowDatabase> HoldAsync(string connection, string[] except)
    {
        var (holder, watch) = (new NpgsqlConnection(connection), new NpgsqlConnection(connection));
        await holder.OpenAsync();
        await watch.OpenAsync();
        List<string> tables = [];
        await using (var command = new NpgsqlCommand(Tables, holder) { Parameters = { new() { Value = except } } })
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        await using var hold = new NpgsqlCommand($"BEGIN; LOCK TABLE {string.Join(", ", tables)} IN ACCESS EXCLUSIVE MODE", holder);
        await hold.ExecuteNonQueryAsync();
        return new(holder, watch);
    }

    /// <summary>Returns when so many wait; fails after ten seconds.</summary>
    public async Task WaitForAsync(int waiting)
    {
        long now = 0;
        await using var command = new NpgsqlCommand(Waiting, _watch);
        await Wait.UntilAsync(
            async () =>
                (now = (long)(await command.ExecuteScalarAsync())!) >= waiting, $"{waiting} wait for the database",
                TimeSpan.FromSeconds(10),
            () => Task.FromResult($"Only {now} wait."));
    }

    /// <summary>Releases all waiting reads.</summary>
    public async ValueTask DisposeAsync()
    {
        await _holder.DisposeAsync();
        await _watch.DisposeAsync();
    }
}
