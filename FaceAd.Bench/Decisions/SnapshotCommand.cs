using System.CommandLine;
using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Decisions;

/// <summary><c>snapshot</c>: what it costs to keep the running campaigns in memory, by what changes and by reading everything.</summary>
static class SnapshotCommand
{
    static readonly int[] Changed = [0, 1, 100, 1_000];

    public static Command Create()
    {
        var campaigns = new Option<int>("--campaigns") { Description = "Running campaigns", DefaultValueFactory = _ => 10_000 };
        var rounds = new Option<int>("--rounds") { Description = "Readings measured of each kind", DefaultValueFactory = _ => 20 };
        var modules = Repository.NodeModulesOption();
        var command = new Command("snapshot", "Milliseconds and allocated bytes of a reading of the running campaigns, by how many have changed.")
        {
            campaigns, rounds, modules,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = Directory.CreateTempSubdirectory("facead-snapshot-").FullName;
            try
            {
                File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute); // PostgreSQL does not run as root
                await using var postgres = await EmbeddedPostgres.StartAsync(
                    Path.Combine(folder, "postgres"), Repository.PostgresIn(parsed.GetRequiredValue(modules).FullName), cancellation);
                await MeasureAsync(
                    parsed.InvocationConfiguration.Output, postgres.AdminConnectionString, Math.Max(1, parsed.GetValue(campaigns)),
                    Math.Max(1, parsed.GetValue(rounds)), cancellation);
                return 0;
            }
            catch (StartException e)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("error: " + e.Message);
                return 1;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    static async Task MeasureAsync(TextWriter output, string connectionString, int campaigns, int rounds, CancellationToken cancellation)
    {
        await using var source = new NpgsqlDataSourceBuilder(connectionString).Build();
        await using var services = new ServiceCollection().AddDbContextFactory<FaceAdDbContext>(o => o.UseNpgsql(source))
            .BuildServiceProvider();
        var contexts = services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>();
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await FillAsync(db, campaigns, cancellation);
        using var pacing = new PacingKeeper(
            new SupplyReader(source), new ConfigurationBuilder().Build(), TimeProvider.System, NullLogger<PacingKeeper>.Instance);
        using var reader = new SnapshotReader(contexts, pacing, TimeProvider.System, NullLogger<SnapshotReader>.Instance);
        await output.WriteLineAsync($"{campaigns} running campaigns with two creatives each; medians of {rounds} readings.");
        await output.WriteLineAsync($"  {"reading",-24}{"ms",8}{"longest",9}{"KB allocated",14}");
        foreach (var changed in Changed.Where(c => c <= campaigns))
        {
            await PrintAsync($"{changed} changed", reader.RefreshAsync, () => db.Database.ExecuteSqlAsync(
                $"""
                UPDATE campaign_totals SET impressions = impressions + 1
                    WHERE campaign_id IN (SELECT id FROM campaigns ORDER BY random() LIMIT {changed})
                """, cancellation));
        }
        await PrintAsync("everything, to check", c => reader.CheckAsync(c), () => Task.CompletedTask);
        await output.WriteLineAsync(ProgrammeCost.Measure(reader.Current, rounds));

        async Task PrintAsync(string name, Func<CancellationToken, Task> read, Func<Task> change)
        {
            List<(double Ms, long Bytes)> readings = [];
            for (var i = -3; i < rounds; i++)
            {
                await change();
                var (allocated, began) = (GC.GetTotalAllocatedBytes(precise: true), TimeProvider.System.GetTimestamp());
                await read(cancellation);
                var ms = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
                if (i >= 0) readings.Add((ms, GC.GetTotalAllocatedBytes(precise: true) - allocated)); // the first ones are a warm-up
            }
            readings.Sort();
            var (median, bytes) = (readings[rounds / 2].Ms, readings.Select(r => r.Bytes).Order().ElementAt(rounds / 2));
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"  {name,-24}{median,8:F1}{readings[^1].Ms,9:F1}{bytes / 1024,14:N0}"));
        }
    }

    static async Task FillAsync(FaceAdDbContext db, int campaigns, CancellationToken cancellation)
    {
        await db.Database.MigrateAsync(cancellation);
        var now = TimeProvider.System.GetUtcNow();
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
        db.Add(advertiser);
        await db.SaveChangesAsync(cancellation);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO campaigns (id, organisation_id, name, state, starts_on, ends_on, targets, site_ids, price_model, budget_krw,
                created_at, version)
            SELECT gen_random_uuid(), {advertiser.Id}, 'Campaign ' || i, {(int)CampaignState.Approved}, {today.AddDays(-9)},
                {today.AddDays(9)}, ARRAY[1 + i % 6], ARRAY[gen_random_uuid()], {(int)PriceModel.Flat}, 100000, now(), 0
            FROM generate_series(1, {campaigns}) i
            """, cancellation);
        await db.Database.ExecuteSqlRawAsync("""
            INSERT INTO creatives (id, organisation_id, campaign_id, name, sha256, bytes, seconds, width, height, created_at, state)
            SELECT gen_random_uuid(), organisation_id, id, 'Creative', lpad(md5(id::text || i), 64, '0'), 1, 15, 640, 360, created_at, 0
            FROM campaigns, generate_series(1, 2) i;
            INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions, last_play_at)
            SELECT id, 10, 10, 10, 10, now() FROM campaigns;
            INSERT INTO creative_totals (creative_id, plays) SELECT id, 5 FROM creatives;
            ANALYZE
            """, cancellation);
    }
}
