using System.Net.Sockets;
using FaceAd.Web.Data.Backups;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
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

    /// <summary>Folder of the key ring, which protects cookies and the keys of epochs and decisions.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>List of destroyed keys; see <see cref="ErasureLedger"/>.</summary>
    public string Erased => Path.Combine(Root, "erased");

    /// <summary>The folder that <c>Data:Folder</c> names, or else <c>.data</c> in the working folder; it may be missing.</summary>
    /// <param name="configuration">The program's configuration.</param>
    internal static DataFolder Of(IConfiguration configuration) => new(Path.GetFullPath(configuration["Data:Folder"] ?? ".data"));

    /// <summary>Creates it if it is missing, and makes sure that this account may write to it.</summary>
    /// <exception cref="StartException">It cannot be created or written to.</exception>
    internal void Demand() => Demand(Root, "data folder", "Data:Folder");

    /// <summary>Creates a folder if it is missing, and makes sure that this account may write to it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What it is, for the message.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="StartException">It cannot be created or written to.</exception>
    internal static void Demand(string folder, string name, string option)
    {
        try
        {
            Directory.CreateDirectory(folder);
            Probe(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"The {name} {folder} cannot be written to ({e.Message}): set {option} to a folder that this account may write to.");
        }
    }

    /// <summary>Writes to a folder, and leaves nothing there.</summary>
    /// <exception cref="IOException">It cannot be written to, such as on a disk that went read-only.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not write to it.</exception>
    internal static void Probe(string folder) => new FileStream(
        Path.Combine(folder, ".probe-" + Guid.NewGuid().ToString("N")),
        FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
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
        var backup = BackupFolder.Of(builder.Configuration);
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("FaceAd")))
        {
            return backup is null
                ? null
                : throw new StartException(
                    "Backup:Folder is for the embedded PostgreSQL: back up one of your own by its own tools, and do not set it.");
        }
        var programs = ProgramFolder.Find(builder.Configuration, "Postgres:Folder", "postgres");
        if (backup is not null) await backup.MakeAsync(PostgresProgram.BinOf(programs), default);
        var postgres = await EmbeddedPostgres.StartAsync(
            folder.Postgres, programs, backup is null ? [] : PostgresArchive.Keep(backup.Log), default);
        builder.Configuration["ConnectionStrings:FaceAd"] = postgres.ConnectionString;
        return postgres;
    }

    /// <summary>The same for a command, which may run beside the web app: joins the app's embedded PostgreSQL while it runs.</summary>
    /// <param name="builder">The program's.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="makes">Whether it makes an installation where there is none; else it works on one.</param>
    /// <exception cref="StartException">There is no installation in the folder.</exception>
    public static async Task<EmbeddedPostgres?> JoinDatabaseAsync(
        this WebApplicationBuilder builder, DataFolder folder, bool makes = false)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("FaceAd")))
            return await builder.StartDatabaseAsync(folder);
        if (EmbeddedPostgres.FindRunning(folder.Postgres) is { } running)
        {
            builder.Configuration["ConnectionStrings:FaceAd"] = running.ConnectionString;
            return running;
        }
        if (!makes && !EmbeddedPostgres.IsIn(folder.Postgres))
            throw new StartException($"There is no installation in {folder.Root}: set Data:Folder to the data folder of one.");
        return await builder.StartDatabaseAsync(folder);
    }

    /// <exception cref="StartException">The connection string cannot be read.</exception>
    public static void AddData(this IServiceCollection services, string connectionString)
    {
        var (pages, screens) = Sources(connectionString);
        services.AddSingleton(pages);
        services.AddDbContext<FaceAdDbContext>(options => options.UseNpgsql(), optionsLifetime: ServiceLifetime.Singleton);
        services.AddKeyedSingleton(ScreensPoolAttribute.Name, screens);
        services.AddSingleton<IDbContextFactory<FaceAdDbContext>>(provider => new FaceAdContexts(
            pages, provider.GetRequiredService<DbContextOptions<FaceAdDbContext>>()));
        services.AddKeyedSingleton<IDbContextFactory<FaceAdDbContext>>(ScreensPoolAttribute.Name, (provider, _) => new FaceAdContexts(
            screens, provider.GetRequiredService<DbContextOptions<FaceAdDbContext>>()));
        services.Replace(ServiceDescriptor.Scoped(provider =>
            provider.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContext()));
        services.AddExceptionHandler<DatabaseBusyHandler>();
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: ["ready"]);
        services.AddSingleton<Readiness>();
    }

    /// <summary>Brings the database up to this version.</summary>
    /// <exception cref="StartException">There is no database, or it cannot be entered.</exception>
    public static async Task MigrateAsync(this IServiceProvider services)
    {
        try
        {
            await using var entered = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw Unusable(e);
        }
        await using var db = await services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync();
        db.Database.SetCommandTimeout(TimeSpan.Zero); // none: an index over years of plays takes as long as it takes
        await db.Database.MigrateAsync();
    }

    /// <summary>Maps the probes: whether the process answers, and whether it can do its work.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/healthz", new() { Predicate = _ => false });
        endpoints.Map("/readyz", AnswerAsync);
    }

    // One word, and a line for each thing that is wrong.
    private static async Task AnswerAsync(HttpContext http)
    {
        var report = await http.RequestServices.GetRequiredService<Readiness>().AskAsync().WaitAsync(http.RequestAborted);
        if (report.Status == HealthStatus.Unhealthy) http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.CacheControl = "no-store, no-cache";
        await http.Response.WriteAsync(string.Join('\n', report.Entries.Values
            .Where(entry => entry.Status != HealthStatus.Healthy).Select(entry => entry.Description).Prepend($"{report.Status}")));
    }

    private static (NpgsqlDataSource Pages, NpgsqlDataSource Screens) Sources(string connectionString)
    {
        try
        {
            var pools = ConnectionPools.Of(connectionString);
            return (new NpgsqlDataSourceBuilder(pools.Pages).Build(), new NpgsqlDataSourceBuilder(pools.Screens).Build());
        }
        catch (ArgumentException e)
        {
            throw Unusable(e);
        }
    }

    private static StartException Unusable(Exception e) =>
        new($"The database cannot be used ({e.Message}): correct ConnectionStrings:FaceAd, or start its PostgreSQL.");
}

/// <summary>Hands out contexts with connections of one pool.</summary>
/// <param name="database">The pool.</param>
/// <param name="options">
/// Options that name no database: EF Core builds and keeps a model, and each query, anew for each that it sees.
/// </param>
sealed class FaceAdContexts(NpgsqlDataSource database, DbContextOptions<FaceAdDbContext> options) : IDbContextFactory<FaceAdDbContext>
{
    public FaceAdDbContext CreateDbContext()
    {
        var db = new FaceAdDbContext(options);
        db.Database.SetDbConnection(database.CreateConnection(), contextOwnsConnection: true);
        return db;
    }
}
