using FaceAd.Bench;
using FaceAd.Bench.Crash;
using FaceAd.Bench.Nodes;
using FaceAd.Tests.Operations;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit.Abstractions;

namespace FaceAd.Tests.Cluster;

/// <summary>
/// Nodes, sessions and databases that go away, and how long that takes. Alone: a node that waits for the processor is taken for dead.
/// Processes that die or hang: HungNodeTests.
/// </summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed class NodeLossTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Locks =
        "SELECT * FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private const string LockOf = $"""
        SELECT pid FROM ({Locks}) AS l
        WHERE ((classid::bigint << 32) | objid::bigint) = hashtextextended('facead.node.' || $1::text, 0)
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private TestDatabase _database = null!;
    private OwnershipNodes _nodes = null!;
    private Guid _site;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _nodes = new OwnershipNodes(_database.ConnectionString);
        await using var db = _database.Contexts.CreateDbContext();
        _site = (await Sample.AddSiteAsync(db)).Site.Id;
    }

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Session_OfTheOwnerIsEnded_ItComesBackBeforeAnotherTakesItForDead()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        var lease = await one.LeaseAsync(_site);
        await using var connection = await _database.Source.OpenConnectionAsync();
        for (var end = 1; end <= 3; end++)
        {
            Assert.Equal(
                [true], await connection.QueryAsync($"SELECT pg_terminate_backend(pid, 20000) FROM ({LockOf}) AS o", [one.NodeId],
                    r => r.GetBoolean(0), default));
            await Wait.UntilAsync(
                async () =>
                {
                    two.Doubt(_site);
                    Assert.Equal(new SiteClaim(null, one.Address), await two.ClaimAsync(_site));
                    return (await connection.QueryAsync(LockOf, [one.NodeId], _ => true, default)).Count == 1;
                }, "the owner has another session");
        }
        Assert.Equal(lease, await one.LeaseAsync(_site));
    }

    [Fact]
    public async Task Owner_IsCutOffFromTheDatabase_StopsBeforeAnotherTakesOverAndComesBack()
    {
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var proxy = new CuttingProxy(new Uri($"http://{direct.Host}:{direct.Port}/"));
        var way = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = proxy.Address.Port };
        var one = await _nodes.StartAsync("http://10.0.0.1/", way: way.ConnectionString);
        var two = await _nodes.StartAsync("http://10.0.0.2/");
        var lease = await one.LeaseAsync(_site);
        TaskCompletionSource<IReadOnlySet<Guid>> lost = new();
        using var losing = one.Lost.Add(sites => lost.TrySetResult(sites));

        proxy.CutEach(1, int.MaxValue);
        var began = TimeProvider.System.GetTimestamp();
        SiteLease? stillHeld = lease;
        await Wait.UntilAsync(
            async () =>
            {
                two.Doubt(_site);
                if ((await two.ClaimAsync(_site)).Lease is null) return false;
                stillHeld = one.Find(_site);
                return true;
            }, "the other node takes over");
        var taken = TimeProvider.System.GetElapsedTime(began);
        Assert.Null(stillHeld);
        Assert.Equal(lease.Generation + 1, two.Find(_site)!.Value.Generation);
        output.WriteLine($"cut off from the database; another owner after {taken.TotalSeconds:0.0} s");
        Assert.Equal(_site, Assert.Single(await lost.Task.WaitAsync(Patience)));
        output.WriteLine($"... and gave its sites up after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");

        proxy.CutEach(0, 0);
        await Wait.UntilAsync(
            Wait.Connected(async () => (await one.ClaimAsync(_site)).Address == two.Address), "the first node is back and knows the owner");
    }

    /// <summary>What the node waits for takes longer than its trust: an answer, and then another connection.</summary>
    [Fact]
    public async Task Owner_DatabaseFallsSilent_GivesItsSitesUpWhenItsTrustIsOver()
    {
        var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var proxy = new CuttingProxy(new Uri($"http://{direct.Host}:{direct.Port}/"));
        var way = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = proxy.Address.Port };
        var clock = new WatchdogTests.Later();
        var one = await _nodes.StartAsync("http://10.0.0.1/", clock, way.ConnectionString);
        await one.LeaseAsync(_site);
        TaskCompletionSource<IReadOnlySet<Guid>> lost = new();
        using var losing = one.Lost.Add(sites => lost.TrySetResult(sites));

        proxy.Swallow();
        clock.Ahead = NodeTenure.Trust;
        Assert.Equal(_site, Assert.Single(await lost.Task.WaitAsync(Patience)));
        Assert.Empty(one.Owned);

        proxy.Recover();
        await Wait.UntilAsync(Wait.Connected(async () => (await one.ClaimAsync(_site)).Lease is not null), "it is back");
    }

    [Fact]
    public async Task Database_IsKilledAndStartsAgain_EveryNodeKeepsItsSites()
    {
        await using var server = await EmbeddedPostgres.StartAsync(
            TestFolders.New("postgres"), Repository.PostgresIn(Support.Models.NodeModules));
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Timeout = 2, MaxPoolSize = 15 }.ConnectionString;
        await using var pool = NpgsqlDataSource.Create(address);
        Guid site;
        await using (var db = CrashCheck.NewContext(pool))
        {
            await db.Database.MigrateAsync();
            site = (await Sample.AddSiteAsync(db)).Site.Id;
        }
        await using var nodes = new OwnershipNodes(address);
        var (one, two) = (await nodes.StartAsync("http://10.0.0.1/"), await nodes.StartAsync("http://10.0.0.2/"));
        var lease = await one.LeaseAsync(site);
        var lost = false;
        using var losing = one.Lost.Add(_ => lost = true);

        server.Kill();
        var began = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync(
            Wait.Connected(async () =>
            {
                two.Doubt(site); // the other node's screens do not stop asking
                Assert.Null((await two.ClaimAsync(site)).Lease);
                await using var connection = await pool.OpenConnectionAsync();
                var renewed = await connection.QueryAsync(
                    "SELECT 1 FROM nodes WHERE id = $1 AND last_seen_at > pg_postmaster_start_time()", [lease.NodeId], _ => true, default);
                return renewed.Count == 1;
            }), "the owner has renewed its lease");
        output.WriteLine($"database killed; lease renewed after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.Equal((lease, false), (await one.LeaseAsync(site), lost));
    }

    /// <summary>A lock for each site once filled the lock table of the whole PostgreSQL. Now one renewal serves all sites.</summary>
    [Fact]
    public async Task ClaimAsync_TenThousandSites_TakeNoLocksAndTheRestGoesOn()
    {
        const int Sites = 10_000; // more than its lock table holds
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        var other = await two.LeaseAsync(_site);
        await using var connection = await _database.Source.OpenConnectionAsync();
        var sites = await connection.QueryAsync("""
            INSERT INTO sites (id, name, address, time_zone, epoch_anchor, measurement, consent_reference, notice, created_at)
            SELECT gen_random_uuid(), 'Site ' || n, '', 'Asia/Seoul', '2024-01-01', false, '', '', now()
            FROM generate_series(1, $1) AS n RETURNING id
            """, [Sites], r => r.GetGuid(0), default);

        var began = TimeProvider.System.GetTimestamp();
        var claiming = Parallel.ForEachAsync(sites, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (site, cancellation) =>
            Assert.NotNull((await one.ClaimAsync(site, cancellation)).Lease));
        var (rounds, mostLocks, oldest) = (0, 0L, TimeSpan.Zero);
        for (; !claiming.IsCompleted; rounds++)
        {
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                await SiteLease.HoldAsync(connection, [other], default);
                await transaction.CommitAsync();
            }
            var (locks, age) = (await connection.QueryAsync(
                $"SELECT (SELECT count(*) FROM ({Locks}) AS l), clock_timestamp() - last_seen_at FROM nodes WHERE id = $1",
                [one.NodeId], r => (r.GetInt64(0), r.GetTimeSpan(1)), default))[0];
            (mostLocks, oldest) = (Math.Max(mostLocks, locks), age > oldest ? age : oldest);
        }
        await claiming;
        output.WriteLine($"{Sites} sites claimed in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s beside {rounds} transactions; at most {mostLocks} advisory locks, a renewal at least every {oldest.TotalSeconds:0.0} s");
        Assert.Equal(Sites, one.Owned.Count); // it renewed its lease meanwhile, or they would be gone
        Assert.InRange(rounds, 10, int.MaxValue);
        Assert.Equal(2, mostLocks); // one of each node

        began = TimeProvider.System.GetTimestamp();
        await one.StopAsync(default);
        two.Doubt(sites[0]);
        Assert.Equal(2, (await two.LeaseAsync(sites[0])).Generation);
        output.WriteLine($"given up and one of them taken in {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }
}
