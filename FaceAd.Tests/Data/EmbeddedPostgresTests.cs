using System.Collections.Concurrent;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Tests.Data;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private EmbeddedPostgres _server = null!;

    public async Task InitializeAsync() => _server = await EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), Support.Models.NodeModules);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Kill_WhileRowsAreCommitted_ComesBackWithEveryAcknowledgedRow()
    {
        await ExecuteAsync("CREATE TABLE facts (id int PRIMARY KEY)");
        ConcurrentQueue<int> acknowledged = [];
        for (var kill = 0; kill < 3; kill++)
        {
            var first = _server.ProcessId;
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var id = kill * 100_000; !stop.IsCancellationRequested; id++)
                {
                    try
                    {
                        await ExecuteAsync($"INSERT INTO facts VALUES ({id})");
                        acknowledged.Enqueue(id);
                    }
                    catch (NpgsqlException)
                    {
                        await Task.Delay(20); // killed, or still recovering; a row without an answer may or may not be there
                    }
                }
            });
            await UntilAsync(() => acknowledged.Count(id => id >= kill * 100_000) > 20);
            _server.Kill();
            await stop.CancelAsync();
            await writing;
            await UntilAsync(() => _server.ProcessId is not 0 and var now && now != first);
        }
        await UntilAsync(async () =>
        {
            try
            {
                return await CountAsync() >= acknowledged.Count;
            }
            catch (NpgsqlException)
            {
                return false; // still recovering
            }
        });
        foreach (var id in acknowledged) Assert.Equal(1, await CountAsync($"WHERE id = {id}"));
    }

    [Fact]
    public async Task StartAsync_PackageMissing_SaysWhatToDo()
    {
        var exception = await Assert.ThrowsAsync<DatabaseStartException>(() => EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), "/nowhere"));
        Assert.Contains("npm ci", exception.Message, StringComparison.Ordinal);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<long> CountAsync(string where = "")
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM facts {where}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition()) await Task.Delay(20, patience.Token);
    }
}
