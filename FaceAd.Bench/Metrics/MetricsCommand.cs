using System.CommandLine;
using System.Globalization;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Bench.Metrics;

/// <summary><c>metrics</c>: time of a campaign page as exposures grow, compared with counting raw rows.</summary>
static class MetricsCommand
{
    public static Command Create()
    {
        var exposures = new Option<long[]>("--exposures")
        {
            Description = "Numbers of exposures, over the same people; 100000000 takes about 35 GB and half an hour",
            DefaultValueFactory = _ => [100_000, 1_000_000, 10_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var persons = new Option<int[]>("--persons")
        {
            Description = "Numbers of people; all but the first are measured with the fewest exposures only",
            DefaultValueFactory = _ => [20_000, 5_000, 80_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "Folder for the database; deleted afterwards",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "facead-bench-metrics")),
        };
        var packages = Repository.NodeModulesOption();
        var command = new Command(
            "metrics", "Time of a campaign page by exposures and people, beside COUNT(DISTINCT) over the raw rows; differences must be 0.")
        {
            exposures, persons, folder, packages,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var root = parsed.GetRequiredValue(folder).FullName;
            if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"{root} is not empty. Choose another --folder.");
                return 1;
            }
            var sizes = parsed.GetRequiredValue(exposures).Where(n => n >= 1_000).ToArray();
            var crowds = parsed.GetRequiredValue(persons).Where(n => n >= 100).ToArray();
            if (sizes.Length == 0 || crowds.Length == 0)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Give at least 1,000 exposures and 100 people.");
                return 1;
            }
            var differences = 0;
            try
            {
                await using var postgres = await EmbeddedPostgres.StartAsync(
                    root, Repository.PostgresIn(parsed.GetRequiredValue(packages).FullName), cancellation);
                await output.WriteLineAsync(PageTimes.Header);
                foreach (var (size, crowd) in sizes.Select(s => (s, crowds[0])).Concat(crowds.Skip(1).Select(c => (sizes.Min(), c))))
                {
                    var times = await MeasureAsync(
                        postgres.AdminConnectionString, size, crowd, parsed.InvocationConfiguration.Error, cancellation);
                    differences += times.Differences;
                    await output.WriteLineAsync(times.ToString());
                }
            }
            finally
            {
                if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
            }
            await output.WriteLineAsync(differences == 0
                ? "No figure differs from the count over raw rows." : $"{differences} figures differ from the count over raw rows.");
            return differences == 0 ? 0 : 1;
        });
        return command;
    }

    private static async Task<PageTimes> MeasureAsync(
        string connectionString, long exposures, int persons, TextWriter progress, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench_{exposures}_{persons}");
        await ExecuteAsync(connectionString, $"CREATE DATABASE {name}", cancellation);
        try
        {
            await using var source = new NpgsqlDataSourceBuilder(
                new NpgsqlConnectionStringBuilder(connectionString) { Database = name, CommandTimeout = 0 }.ConnectionString).Build();
            var contexts = new Contexts(source);
            await using (var db = contexts.CreateDbContext()) await db.Database.MigrateAsync(cancellation);
            var history = new GeneratedHistory(contexts, source, persons, progress);
            await history.MakeAsync(exposures, cancellation);
            return await PageTimes.MeasureAsync(
                history, new MetricsReader(contexts, source, new At(GeneratedHistory.Now)), source, cancellation);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync(connectionString, $"DROP DATABASE {name} WITH (FORCE)", CancellationToken.None);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed class Contexts(NpgsqlDataSource source) : IDbContextFactory<FaceAdDbContext>
    {
        public FaceAdDbContext CreateDbContext() => new(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(source).Options);
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
