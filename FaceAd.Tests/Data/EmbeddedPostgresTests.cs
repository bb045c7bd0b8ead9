using System.Collections.Concurrent;
using FaceAd.Bench;
using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Tests.Data;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private static readonly string Programs = Repository.PostgresIn(Support.Models.NodeModules);
    private EmbeddedPostgres _server = null!;

    public async Task InitializeAsync() => _server = await EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), Programs);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Start_WithProgramsThatItsAccountCannotReach_SaysWhichFolder()
    {
        if (Environment.UserName != "root") return; // only root starts it as someone else
        var hidden = TestFolders.New("hidden");
        Directory.CreateSymbolicLink(Path.Combine(hidden, "postgres"), Programs);
        File.SetUnixFileMode(hidden, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var refused = await Assert.ThrowsAsync<StartException>(() =>
            EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), Path.Combine(hidden, "postgres")));
        Assert.Contains($"chmod o+x {hidden}", refused.Message, StringComparison.Ordinal);
    }

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
            await Wait.UntilAsync(() => acknowledged.Count(id => id >= kill * 100_000) > 20, "twenty rows are acknowledged");
            _server.Kill();
            await stop.CancelAsync();
            await writing;
            await Wait.UntilAsync(() => _server.ProcessId is not 0 and var now && now != first, "another server runs");
        }
        await Wait.UntilAsync(
            Wait.Connected(async () => await CountAsync() >= acknowledged.Count), "every acknowledged row is there again");
        foreach (var id in acknowledged) Assert.Equal(1, await CountAsync($"WHERE id = {id}"));
    }

    [Fact]
    public async Task StartAsync_AfterAPowerCutTheOldProcessNumberBelongsToSomebodyElse_StartsAndLeavesThemAlone()
    {
        await using var other = await EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), Programs);
        var folder = TestFolders.New("postgres");
        await using (var first = await EmbeddedPostgres.StartAsync(folder, Programs)) first.Kill();
        var pidFile = Path.Combine(folder, "cluster", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(pidFile);
        await File.WriteAllLinesAsync(pidFile, [$"{other.ProcessId}", .. lines.Skip(1)]);

        await using var again = await EmbeddedPostgres.StartAsync(folder, Programs);
        await using var connection = new NpgsqlConnection(again.ConnectionString);
        await connection.OpenAsync();
        Assert.NotEqual(0, other.ProcessId);
        Assert.True(Directory.Exists($"/proc/{other.ProcessId}"));
    }

    [Fact]
    public async Task StartAsync_AnotherServerOfTheSameFolderStillRuns_TakesItsPlace()
    {
        var folder = TestFolders.New("postgres");
        // What a killed program leaves for a moment: a server that nobody needs, with an open connection.
        await using var left = await EmbeddedPostgres.StartAsync(folder, Programs);
        var pid = left.ProcessId;
        await using var busy = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(left.ConnectionString) { Pooling = false }.ConnectionString);
        await busy.OpenAsync();
        left.Abandon();

        await using var again = await EmbeddedPostgres.StartAsync(folder, Programs);
        Assert.NotEqual(pid, again.ProcessId);
        await using var connection = new NpgsqlConnection(again.ConnectionString);
        await connection.OpenAsync();
    }

    [Fact]
    public async Task StartAsync_FolderIsDamaged_SaysWhatPostgresSaid()
    {
        var folder = TestFolders.New("postgres");
        await using (var first = await EmbeddedPostgres.StartAsync(folder, Programs))
        {
        }
        File.Delete(Path.Combine(folder, "cluster", "global", "pg_control"));
        var exception = await Assert.ThrowsAsync<StartException>(() => EmbeddedPostgres.StartAsync(folder, Programs));
        Assert.Contains("pg_control", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_NoPostgresInTheFolder_NamesTheOption()
    {
        var exception = await Assert.ThrowsAsync<StartException>(() =>
            EmbeddedPostgres.StartAsync(TestFolders.New("postgres"), "/nowhere"));
        Assert.Contains("Postgres:Folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_App_OwnsItsDatabaseAndIsNoSuperuser()
    {
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        await using (var db = new FaceAdDbContext(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(source).Options))
            await db.Database.MigrateAsync();
        await AssertOwnerAsync(source);
        string[] forbidden =
            ["SELECT pg_read_file('postgresql.conf')", "COPY sites TO PROGRAM 'cat'", "CREATE ROLE another", "SET ROLE facead"];
        foreach (var sql in forbidden)
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task StartAsync_DatabaseOfTheSuperuser_IsHandedToTheApp()
    {
        var folder = TestFolders.New("postgres");
        await using (var before = await EmbeddedPostgres.StartAsync(folder, Programs))
        {
            await using (var source = NpgsqlDataSource.Create(before.ConnectionString))
            await using (var db = new FaceAdDbContext(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(source).Options))
                await db.Database.MigrateAsync();
            // As installations were that knew one role.
            await using var admin = new NpgsqlConnection(before.AdminConnectionString);
            await admin.OpenAsync();
            await admin.ExecuteAsync("REASSIGN OWNED BY facead_app TO facead", [], default);
            await admin.ExecuteAsync("DROP OWNED BY facead_app", [], default);
            await admin.ExecuteAsync("DROP ROLE facead_app", [], default);
        }
        File.Delete(Path.Combine(folder, "app-password"));

        await using var after = await EmbeddedPostgres.StartAsync(folder, Programs);
        await using var app = NpgsqlDataSource.Create(after.ConnectionString);
        await AssertOwnerAsync(app);
    }

    // It owns all there is, and can go on to make what migrations and partitions make.
    private static async Task AssertOwnerAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal([false], await connection.QueryAsync(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user", [], r => r.GetBoolean(0), default));
        Assert.Empty(await connection.QueryAsync("""
            SELECT relname::text FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) <> current_user
            UNION ALL SELECT proname::text FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> current_user
            """, [], r => r.GetString(0), default));
        Assert.NotEmpty(await connection.QueryAsync("SELECT 1 FROM pg_class WHERE relname = 'sites'", [], _ => true, default));
        await connection.ExecuteAsync("CREATE TABLE more (id int)", [], default);
        await connection.ExecuteAsync("VACUUM (FULL) more", [], default);
        await connection.ExecuteAsync(
            "CREATE TABLE exposures_20000101 PARTITION OF exposures FOR VALUES FROM ('2000-01-01') TO ('2000-01-02')", [], default);
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
}
