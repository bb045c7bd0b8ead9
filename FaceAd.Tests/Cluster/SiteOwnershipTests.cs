using System.Collections.Concurrent;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FaceAd.Tests.Cluster;

/// <summary>Who owns a site, by several services on one real PostgreSQL.</summary>
public sealed class SiteOwnershipTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Complaints _complaints = new();
    private readonly List<SiteOwnership> _nodes = [];
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private Guid _site;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        await using var db = _database.Contexts.CreateDbContext();
        _site = (await Sample.AddSiteAsync(db)).Site.Id;
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.StopAsync(default);
            node.Dispose();
        }
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ClaimAsync_ByTwo_OneOwnsAndTheOtherIsToldWhere()
    {
        var (one, two) = (await StartAsync("http://10.0.0.1:5080/"), await StartAsync("http://10.0.0.2:5080/"));
        Assert.Equal(new SiteClaim(new SiteLease(_site, one.NodeId, 1), null), await one.ClaimAsync(_site));
        Assert.Equal(new SiteClaim(null, one.Address), await two.ClaimAsync(_site));
        Assert.True(one.ClaimAsync(_site).AsTask().IsCompletedSuccessfully); // from memory
        Assert.True(two.ClaimAsync(_site).AsTask().IsCompletedSuccessfully);
        await Assert.ThrowsAsync<SiteLostException>(async () => await two.LeaseAsync(_site));
    }

    [Fact]
    public async Task ClaimAsync_OwnerHasNoAddress_IsSaidInTheLog()
    {
        var (one, two) = (await StartAsync(null), await StartAsync(null));
        Assert.NotNull((await one.ClaimAsync(_site)).Lease);
        Assert.Equal(default, await two.ClaimAsync(_site));
        Assert.Contains(_complaints.Lines, line => line.Contains("Nodes:Address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClaimAsync_ByManyAtOnce_ExactlyOneOwnsEachSite()
    {
        var nodes =
            new[] { await StartAsync("http://10.0.0.1/"), await StartAsync("http://10.0.0.2/"), await StartAsync("http://10.0.0.3/") };
        var claims = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => nodes[i % 3].ClaimAsync(_site).AsTask())));
        Assert.Single(claims.Where(c => c.Lease is not null).Select(c => c.Lease).Distinct());
    }

    [Fact]
    public async Task StopAsync_Owner_TellsAndTheNextTakesOverAtOnce()
    {
        var (one, two) = (await StartAsync("http://10.0.0.1/"), await StartAsync("http://10.0.0.2/"));
        await one.LeaseAsync(_site);
        ConcurrentQueue<Guid> lost = [];
        using var losing = one.Lost.Add(lost.Enqueue);
        await one.StopAsync(default);
        Assert.Equal([_site], lost);
        Assert.Equal(2, (await two.LeaseAsync(_site)).Generation);
    }

    [Fact]
    public async Task ReleaseAsync_ThenTakenAgain_HasAnotherGeneration()
    {
        var one = await StartAsync("http://10.0.0.1/");
        var first = await one.LeaseAsync(_site);
        await one.ReleaseAsync(first);
        var second = await one.LeaseAsync(_site);
        Assert.Equal(first.Generation + 1, second.Generation);
        await one.ReleaseAsync(first); // of an earlier lease: nothing happens
        Assert.Equal(second, one.Find(_site));
    }

    /// <summary>A transaction under a lease ends before anyone else owns the site, and none begins afterwards.</summary>
    [Fact]
    public async Task HoldAsync_OwnerLosesItsSession_TheNextWaitsForTheTransactionAndTheLeaseIsVoid()
    {
        var (one, two) = (await StartAsync("http://10.0.0.1/"), await StartAsync("http://10.0.0.2/"));
        var lease = await one.LeaseAsync(_site);
        TaskCompletionSource lost = new();
        using var losing = one.Lost.Add(_ => lost.TrySetResult());
        await using var writer = await _source.OpenConnectionAsync();
        await using (var transaction = await writer.BeginTransactionAsync())
        {
            await SiteLease.HoldAsync(writer, [lease, lease], default);
            await KillAsync(one);
            var taking = Task.Run(async () => await two.LeaseAsync(_site));
            await Wait.UntilLockedAsync(_source);
            Assert.False(taking.IsCompleted);
            await transaction.CommitAsync();
            Assert.Equal((two.NodeId, 2), ((await taking.WaitAsync(Patience)).NodeId, (await taking).Generation));
        }
        await using (await writer.BeginTransactionAsync())
            Assert.Equal(_site, (await Assert.ThrowsAsync<SiteLostException>(() => SiteLease.HoldAsync(writer, [lease], default))).SiteId);
        await lost.Task.WaitAsync(Patience);
        Assert.Null(one.Find(_site));
        await Wait.UntilAsync(Wait.Connected(async () => (await one.ClaimAsync(_site)).Address == two.Address),
            "the first node is connected again, and knows the owner");
    }

    private async Task<SiteOwnership> StartAsync(string? address)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Nodes:Address"] = address }).Build();
        var log = new LoggerFactory([_complaints]).CreateLogger<SiteOwnership>();
        var node = new SiteOwnership(new DirectConnections(_database.ConnectionString), configuration, TimeProvider.System, log);
        _nodes.Add(node);
        await node.StartAsync(default);
        return node;
    }

    // The sessions do not say whose they are: the one that holds a lock is the owner's. Returns when it is gone, and its lock with it.
    private async Task KillAsync(SiteOwnership owner)
    {
        Assert.Equal([_site], owner.Owned);
        await using var connection = await _source.OpenConnectionAsync();
        Assert.Equal([true], await connection.QueryAsync(
            "SELECT pg_terminate_backend(a.pid, 20000) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.locktype = 'advisory' "
            + "WHERE a.datname = current_database() AND a.application_name = $1",
            ["facead " + SiteOwnership.Purpose], r => r.GetBoolean(0), default));
    }
}
