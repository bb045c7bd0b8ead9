using System.Collections.Concurrent;
using FaceAd.Tests.Player.Clock;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;

namespace FaceAd.Tests.Cluster;

/// <summary>Who owns a site, by several services on one real PostgreSQL.</summary>
public sealed class SiteOwnershipTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = Wait.Limit;
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
    public async Task ClaimAsync_ByTwo_OneOwnsAndTheOtherIsToldWhere()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1:5080/"), await _nodes.StartAsync("http://10.0.0.2:5080/"));
        Assert.Equal(new SiteClaim(new SiteLease(_site, one.NodeId, 1), null), await one.ClaimAsync(_site));
        Assert.Equal(new SiteClaim(null, one.Address), await two.ClaimAsync(_site));
        Assert.True(one.ClaimAsync(_site).AsTask().IsCompletedSuccessfully); // from memory
        await Wait.UntilAsync(
            () => two.ClaimAsync(_site).AsTask().IsCompletedSuccessfully, "the other knows the owner from memory, too");
        await Assert.ThrowsAsync<SiteLostException>(async () => await two.LeaseAsync(_site));
    }

    [Fact]
    public async Task ClaimAsync_OwnerHasNoAddress_IsSaidInTheLog()
    {
        var (one, two) = (await _nodes.StartAsync(null), await _nodes.StartAsync(null));
        Assert.NotNull((await one.ClaimAsync(_site)).Lease);
        Assert.Equal(default, await two.ClaimAsync(_site));
        Assert.Contains(_nodes.Complaints, line => line.Contains("Nodes:Address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClaimAsync_ByManyAtOnce_ExactlyOneOwnsEachSite()
    {
        List<SiteOwnership> nodes = [];
        for (var n = 1; n <= 3; n++) nodes.Add(await _nodes.StartAsync($"http://10.0.0.{n}/"));
        var claims = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => nodes[i % 3].ClaimAsync(_site).AsTask())));
        var lease = Assert.Single(claims.Where(c => c.Lease is not null).Select(c => c.Lease).Distinct());
        Assert.Equal(1, lease!.Value.Generation);
    }

    /// <summary>Terms are the database's to judge, and a node's own by its monotonic clock.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task ClaimAsync_ClockOfTheOwnerIsWrongByAnHour_ItStaysTheOwner(int hours)
    {
        var one = await _nodes.StartAsync("http://10.0.0.1/", new WrongWall(TimeSpan.FromHours(hours)));
        var two = await _nodes.StartAsync("http://10.0.0.2/");
        var lease = await one.LeaseAsync(_site);
        await Wait.UntilAsync(
            async () =>
            {
                two.Doubt(_site);
                Assert.Equal(new SiteClaim(null, one.Address), await two.ClaimAsync(_site));
                Assert.Equal(lease, one.Find(_site));
                return await RenewedForAsync(lease) > NodeTenure.Grace;
            }, "the owner has renewed its lease several times");
        await one.StopAsync(default);
        two.Doubt(_site);
        Assert.Equal(2, (await two.LeaseAsync(_site)).Generation);
    }

    /// <summary>It may hang, or be cut off: whoever passed a request on to it would wait for nothing.</summary>
    [Fact]
    public async Task ClaimAsync_OwnerHasFallenSilent_NobodyIsSentToItAndItStaysTheOwner()
    {
        var one = await _nodes.StartAsync("http://10.0.0.1/");
        var (silent, address) = (Guid.NewGuid(), new Uri("http://10.0.0.2/"));
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO nodes (id, address, last_seen_at, expires_at) VALUES ($1, $2, now(), now() + interval '1 hour')",
            [silent, address.ToString()], default);
        await connection.ExecuteAsync(
            "INSERT INTO site_owners (site_id, node_id, generation, since) VALUES ($1, $2, 1, now())", [_site, silent], default);
        // As the node's direct session holds it.
        await connection.ExecuteAsync("SELECT pg_advisory_lock(hashtextextended('facead.node.' || $1::text, 0))", [silent], default);
        await Wait.UntilAsync(() => one.Peers.Contains(silent), "the node is known");
        Assert.Equal(new SiteClaim(null, address), await one.ClaimAsync(_site));
        Assert.True(one.ClaimAsync(_site).AsTask().IsCompletedSuccessfully); // from memory

        await connection.ExecuteAsync("UPDATE nodes SET last_seen_at = now() - $2 WHERE id = $1", [silent, NodeTenure.Silence], default);
        await Wait.UntilAsync(async () => await one.ClaimAsync(_site) == default, "the node knows of the silence");

        await connection.ExecuteAsync("UPDATE nodes SET last_seen_at = now() + interval '1 hour' WHERE id = $1", [silent], default);
        Assert.Equal(new SiteClaim(null, address), await one.ClaimAsync(_site));
    }

    [Fact]
    public async Task StopAsync_Owner_TellsAndTheNextTakesOverAtOnce()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        await one.LeaseAsync(_site);
        ConcurrentQueue<IReadOnlySet<Guid>> lost = [];
        using var losing = one.Lost.Add(lost.Enqueue);
        await one.StopAsync(default);
        Assert.Equal(_site, Assert.Single(Assert.Single(lost)));
        Assert.Equal(2, (await two.LeaseAsync(_site)).Generation);
    }

    [Fact]
    public async Task ReleaseAsync_ThenTakenAgain_HasAnotherGeneration()
    {
        var one = await _nodes.StartAsync("http://10.0.0.1/");
        var first = await one.LeaseAsync(_site);
        await one.ReleaseAsync(first);
        var second = await one.LeaseAsync(_site);
        Assert.Equal(first.Generation + 1, second.Generation);
        await one.ReleaseAsync(first); // of an earlier lease: nothing happens
        Assert.Equal(second, one.Find(_site));
    }

    [Fact]
    public async Task ReleaseAsync_Owner_AnotherMayClaim()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        await one.ReleaseAsync(await one.LeaseAsync(_site));
        Assert.Equal(2, (await two.LeaseAsync(_site)).Generation);
        Assert.Equal(two.Address, (await one.ClaimAsync(_site)).Address);
    }

    [Fact]
    public async Task HandOverAsync_ToALivingNode_TheTwoChangePlaces()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        var three = await _nodes.StartAsync("http://10.0.0.3/");
        var lease = await one.LeaseAsync(_site);
        Assert.False(await two.HandOverAsync(_site, three.Address!)); // not its own
        Assert.False(await one.HandOverAsync(_site, one.Address!));
        Assert.False(await one.HandOverAsync(_site, new Uri("http://10.0.0.9/")));
        Assert.Equal(lease, one.Find(_site));

        ConcurrentQueue<IReadOnlySet<Guid>> lost = [];
        using var losing = one.Lost.Add(lost.Enqueue);
        Assert.True(await one.HandOverAsync(_site, two.Address!));
        Assert.Equal(_site, Assert.Single(Assert.Single(lost)));
        Assert.Equal(new SiteClaim(null, two.Address), await three.ClaimAsync(_site)); // before the heir has heard of it
        Assert.Equal(new SiteClaim(null, two.Address), await one.ClaimAsync(_site));
        Assert.Equal(new SiteLease(_site, two.NodeId, 2), await two.LeaseAsync(_site));
        await using var writer = await _database.Source.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await Assert.ThrowsAsync<SiteLostException>(() => SiteLease.HoldAsync(writer, [lease], default));
    }

    /// <summary>A transaction under a lease ends before anyone else owns the site, and none begins afterwards.</summary>
    [Fact]
    public async Task HoldAsync_OwnerIsTakenForDead_TheNextWaitsForTheTransactionAndTheLeaseIsVoid()
    {
        var (one, two) = (await _nodes.StartAsync("http://10.0.0.1/"), await _nodes.StartAsync("http://10.0.0.2/"));
        var lease = await one.LeaseAsync(_site);
        TaskCompletionSource lost = new();
        using var losing = one.Lost.Add(_ => lost.TrySetResult());
        await using var writer = await _database.Source.OpenConnectionAsync();
        await using (var transaction = await writer.BeginTransactionAsync())
        {
            await SiteLease.HoldAsync(writer, [lease, lease], default);
            await BuryAsync(one);
            var taking = Task.Run(async () => await two.LeaseAsync(_site));
            await Wait.UntilLockedAsync(_database.Source);
            Assert.False(taking.IsCompleted);
            await transaction.CommitAsync();
            Assert.Equal((two.NodeId, 2), ((await taking.WaitAsync(Patience)).NodeId, (await taking).Generation));
        }
        await using (await writer.BeginTransactionAsync())
            Assert.Equal(_site, (await Assert.ThrowsAsync<SiteLostException>(() => SiteLease.HoldAsync(writer, [lease], default))).SiteId);
        await lost.Task.WaitAsync(Patience);
        Assert.Null(one.Find(_site));
        await Wait.UntilAsync(Wait.Connected(async () => (await one.ClaimAsync(_site)).Address == two.Address),
            "the first node is there again, and knows the owner");
    }

    // As the next owner does, once the term is over.
    private async Task BuryAsync(SiteOwnership owner)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync("DELETE FROM nodes WHERE id = $1", [owner.NodeId], default);
    }

    private async Task<TimeSpan> RenewedForAsync(SiteLease lease)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        return (await connection.QueryAsync(
            "SELECT n.last_seen_at - o.since FROM nodes n JOIN site_owners o ON o.node_id = n.id WHERE o.site_id = $1 AND n.id = $2",
            [lease.SiteId, lease.NodeId], r => r.GetTimeSpan(0), default))[0];
    }
}
