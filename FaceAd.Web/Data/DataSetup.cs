using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>Where the installation stores its files.</summary>
/// <param name="Root">The data folder.</param>
sealed record DataFolder(string Root)
{
    /// <summary>Folder of the embedded PostgreSQL.</summary>
    public string Postgres => Path.Combine(Root, "postgres");

    /// <summary>Folder of stored media, named by content hash.</summary>
    public string Media => Path.Combine(Root, "media");

    /// <summary>Folder of the key ring, which protects cookies and epoch keys.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>The folder that <c>Data:Folder</c> names, or else <c>.data</c> in the working folder; created if missing.</summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    internal static DataFolder Open(IConfiguration configuration)
    {
        var root = Path.GetFullPath(configuration["Data:Folder"] ?? ".data");
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The data folder {root} cannot be created ({e.Message}): set Data:Folder to a folder that this account may write to.", e);
        }
        return new DataFolder(root);
    }
}

/// <summary>Finds what is delivered with the program.</summary>
static class ProgramFolder
{
    /// <summary>The folder that an option names, or else one beside the program, wherever the program was started from.</summary>
    /// <param name="configuration">The program's configuration.</param>
    /// <param name="option">The option.</param>
    /// <param name="name">The folder's name beside the program.</param>
    public static string Find(IConfiguration configuration, string option, string name) =>
        configuration[option] is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(AppContext.BaseDirectory, name);
}

/// <summary>Starts the database and registers its contexts.</summary>
static class DataSetup
{
    /// <summary>Starts the embedded PostgreSQL unless a connection string is configured.</summary>
    public static async Task<EmbeddedPostgres?> StartDatabaseAsync(this WebApplicationBuilder builder, DataFolder folder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("FaceAd"))) return null;
        var postgres = await EmbeddedPostgres.StartAsync(
            folder.Postgres, ProgramFolder.Find(builder.Configuration, "Postgres:Folder", "postgres"));
        builder.Configuration["ConnectionStrings:FaceAd"] = postgres.ConnectionString;
        return postgres;
    }

    /// <summary>The same for a command that may run beside the web app: joins the app's embedded PostgreSQL while it runs.</summary>
    public static async Task<EmbeddedPostgres?> JoinDatabaseAsync(this WebApplicationBuilder builder, DataFolder folder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("FaceAd"))
            && EmbeddedPostgres.FindRunning(folder.Postgres) is { } running)
            builder.Configuration["ConnectionStrings:FaceAd"] = running;
        return await builder.StartDatabaseAsync(folder);
    }

    public static void AddData(this IServiceCollection services, string connectionString)
    {
        var pools = ConnectionPools.Of(connectionString);
        services.AddSingleton(new NpgsqlDataSourceBuilder(pools.Pages).Build());
        services.AddDbContextFactory<FaceAdDbContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddKeyedSingleton(ScreensPoolAttribute.Name, new NpgsqlDataSourceBuilder(pools.Screens).Build());
        services.AddKeyedSingleton<IDbContextFactory<FaceAdDbContext>, ScreensContexts>(ScreensPoolAttribute.Name);
        services.AddExceptionHandler<DatabaseBusyHandler>();
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: ["ready"]);
    }

    public static async Task MigrateAsync(this IServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }

    /// <summary>Hands out contexts with the connections of the screens.</summary>
    private sealed class ScreensContexts([ScreensPool] NpgsqlDataSource database, DbContextOptions<FaceAdDbContext> options)
        : IDbContextFactory<FaceAdDbContext>
    {
        public FaceAdDbContext CreateDbContext()
        {
            var db = new FaceAdDbContext(options);
            // Not by options of their own: EF Core would build and keep a second model for the other data source.
            db.Database.SetDbConnection(database.CreateConnection(), contextOwnsConnection: true);
            return db;
        }
    }
}
