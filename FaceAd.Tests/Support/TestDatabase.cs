using FaceAd.Bench;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Tests.Support;

/// <summary>
/// A fresh, migrated database. One PostgreSQL serves the whole run; each database is a copy of one that was migrated
/// once, which takes a fraction of a second.
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>How many connections an app has at most, where its tests do not say.</summary>
    public const int Usual = 15;

    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartServerAsync);
    private static readonly SemaphoreSlim OneCopyAtATime = new(1);
    private static int _count;

    private readonly bool _temporary;

    private TestDatabase(string connectionString, string adminConnectionString, int connections, bool temporary)
    {
        _temporary = temporary;
        string Limited(int limit) => new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = limit }.ConnectionString;
        (ConnectionString, AdminConnectionString) = (Limited(connections), adminConnectionString);
        // As an app's pages connect, where these are not few.
        Source = new NpgsqlDataSourceBuilder(ConnectionPools.Of(Limited(Math.Max(connections, Usual))).Pages).Build();
        Contexts = new FaceAdContexts(
            Source, new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql().AddInterceptors(Synchronous.Interceptors).Options);
    }

    /// <summary>How to connect to this database.</summary>
    public string ConnectionString { get; }

    /// <summary>The same as the superuser, which no stage of the app is.</summary>
    public string AdminConnectionString { get; }

    /// <summary>Connections to this database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Notices whoever asks this database synchronously. Disposing the database fails when somebody did.</summary>
    internal SynchronousUse Synchronous { get; } = new();

    /// <summary>Hands out contexts.</summary>
    internal IDbContextFactory<FaceAdDbContext> Contexts { get; }

    /// <summary>Makes a database.</summary>
    /// <param name="connections">How many connections an app has to it at most.</param>
    public static async Task<TestDatabase> CreateAsync(int connections = Usual)
    {
        var server = await Server.Value;
        var name = $"test_{Interlocked.Increment(ref _count)}";
        await OneCopyAtATime.WaitAsync();
        try
        {
            await ExecuteAsync(server, $"CREATE DATABASE {name} TEMPLATE facead OWNER {PostgresRoles.App}");
        }
        finally
        {
            OneCopyAtATime.Release();
        }
        return new TestDatabase(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString,
            new NpgsqlConnectionStringBuilder(server.AdminConnectionString) { Database = name, Pooling = false }.ConnectionString,
            connections, temporary: true);
    }

    /// <summary>The database of a server of the test's own.</summary>
    internal static TestDatabase Of(EmbeddedPostgres server) =>
        new(server.ConnectionString, server.AdminConnectionString, Usual, temporary: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        if (_temporary)
        {
            var name = new NpgsqlConnectionStringBuilder(ConnectionString).Database;
            await ExecuteAsync(await Server.Value, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }
        Synchronous.Demand();
    }

    private static async Task<EmbeddedPostgres> StartServerAsync()
    {
        var server = await EmbeddedPostgres.StartAsync(
            Path.Combine(TestFolders.Database, "postgres"), Repository.PostgresIn(Models.NodeModules));
        await using (var source = new NpgsqlDataSourceBuilder(server.ConnectionString).Build())
        await using (var db = new FaceAdContexts(
            source, new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql().Options).CreateDbContext())
        {
            await db.Database.MigrateAsync();
        }
        NpgsqlConnection.ClearAllPools(); // a template must have no connections
        return server; // ends with this process, by the parent-death signal
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.AdminConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
