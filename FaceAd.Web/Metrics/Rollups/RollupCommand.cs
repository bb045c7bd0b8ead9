using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Metrics.Rollups;

/// <summary>
/// <c>--check-rollups</c> and <c>--rebuild-rollups</c> of the web app: compares the rollups with the raw rows, or repairs them, prints the
/// result and exits. The app may be running meanwhile.
/// </summary>
static class RollupCommand
{
    private const string Check = "--check-rollups", Rebuild = "--rebuild-rollups";

    /// <summary>The arguments that are settings. A command among them would swallow the key that follows it as its value.</summary>
    public static string[] SettingsOf(string[] args) => [.. args.Where(a => a is not (Check or Rebuild))];

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>Exit code: 0 when nothing differs or everything was repaired; 1 when rows differ; null when the arguments name neither
    /// command.</returns>
    /// <exception cref="StartException">It cannot be done; the message says why.</exception>
    public static async Task<int?> RunAsync(
        WebApplicationBuilder builder, DataFolder folder, string[] args, CancellationToken cancellation = default)
    {
        var repair = args.Contains(Rebuild);
        if (!repair && !args.Contains(Check)) return null;
        await using var postgres = await builder.JoinDatabaseAsync(folder);
        try
        {
            return await RunAsync(builder.Configuration.GetConnectionString("FaceAd")!, repair, cancellation);
        }
        catch (NpgsqlException exception)
        {
            throw new StartException($"PostgreSQL: {exception.Message}");
        }
    }

    private static async Task<int> RunAsync(string connectionString, bool repair, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 };
        await using var source = new NpgsqlDataSourceBuilder(connection.ConnectionString).Build();
        await using (var db = new FaceAdDbContext(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(source).Options))
        {
            // To migrate would make one.
            if (!(await db.Database.GetAppliedMigrationsAsync(cancellation)).Any())
                throw new StartException($"There is no installation in the database {connection.Database}: correct ConnectionStrings:FaceAd.");
            await db.Database.MigrateAsync(cancellation);
        }
        var auditor = new RollupAuditor(source);
#pragma warning disable RS0030 // a command line writes to the console
        if (repair)
        {
            Console.WriteLine($"{await auditor.RebuildAsync(cancellation)} rows were repaired.");
            return 0;
        }
        var differences = await auditor.CompareAsync(cancellation);
        foreach (var difference in differences) Console.WriteLine($"{difference.Table}: {difference.Row}");
        Console.WriteLine($"{differences.Count} differences.");
#pragma warning restore RS0030
        return differences.Count == 0 ? 0 : 1;
    }
}
