using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>Where the installation stores its files.</summary>
/// <param name="Root">The data folder.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>Folder of the embedded PostgreSQL.</summary>
    public string Postgres => Path.Combine(Root, "postgres");

    /// <summary>Folder of stored media, named by content hash.</summary>
    public string Media => Path.Combine(Root, "media");

    /// <summary>Folder of the key ring, which protects cookies and epoch keys.</summary>
    public string Keys => Path.Combine(Root, "keys");
}

/// <summary>Starts the database and registers its contexts.</summary>
static class DataSetup
{
    /// <summary>Starts the embedded PostgreSQL unless a connection string is configured.</summary>
    public static async Task<EmbeddedPostgres?> StartDatabaseAsync(this WebApplicationBuilder builder, DataFolder folder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString("FaceAd"))) return null;
        var nodeModules = builder.Configuration["NodeModules:Folder"] ?? Repository.Find("node_modules");
        var postgres = await EmbeddedPostgres.StartAsync(folder.Postgres, nodeModules);
        builder.Configuration["ConnectionStrings:FaceAd"] = postgres.ConnectionString;
        return postgres;
    }

    public static void AddData(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(new NpgsqlDataSourceBuilder(connectionString).Build());
        services.AddDbContextFactory<FaceAdDbContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: ["ready"]);
    }

    public static async Task MigrateAsync(this IServiceProvider services)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync();
        await db.Database.MigrateAsync();
    }
}

/// <summary>Finds folders of the repository that the program was built in.</summary>
static class Repository
{
    /// <summary>The nearest folder of that name in a parent of the program's folder, or else of the working folder.</summary>
    public static string Find(string name)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, name);
            if (Directory.Exists(candidate)) return candidate;
        }
        return Path.GetFullPath(name);
    }
}
