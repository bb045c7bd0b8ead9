using FaceAd.Core.Proof;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.Plays;

/// <summary>What another node writes meanwhile.</summary>
public sealed partial class PlayIntakeTests
{
    [Fact]
    public async Task CommitAsync_PlaysCommittedByAnotherNodeMeanwhile_AreKnownAndCountedOnce()
    {
        var (known, fresh) = (Play(_a, 1), Play(_a, 2));
        // What the store is told is new, though another node has committed it since: COPY refuses, INSERT knows.
        using var store = new PlayStore(_source, Meters);
        await using var connection = await store.OpenAsync(default);
        Assert.Single(await store.CommitAsync(connection, [Row(known)], default));
        Assert.Equal([fresh.PlayId], (await store.CommitAsync(connection, [Row(fresh), Row(known)], default)).Select(p => p.Id));
        Assert.Empty(await store.CommitAsync(connection, [Row(fresh), Row(known)], default));
        Assert.Equal((2, 2), await CountAsync());
    }

    [Fact]
    public async Task CommitAsync_AnotherNodeHasTakenTheSiteMeanwhile_NothingIsWritten()
    {
        using var intake = await IntakeAsync();
        var lease = new SiteLease(_a.SiteId, Guid.NewGuid(), 7);
        await using var connection = await _source.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO site_owners (site_id, node_id, generation, since) VALUES ($1, $2, 7, now())",
            [lease.SiteId, lease.NodeId], default);
        var mine = intake.CommitAsync(_a, [Play(_a, 1)], default, lease);
        await intake.RunCycleAsync(default);
        Assert.Equal(1, (await mine).Accepted);

        // As of a node that hung between its look at the plays before and its own, and goes on after it was replaced.
        var late = intake.CommitAsync(_a, [Play(_a, 2)], default, lease);
        await connection.ExecuteAsync("UPDATE site_owners SET node_id = gen_random_uuid(), generation = 8", [], default);
        await intake.RunCycleAsync(default);
        await Assert.ThrowsAsync<SiteLostException>(() => late);
        Assert.Equal((1, 1), await CountAsync());
    }

    [Fact]
    public async Task CommitAsync_NumberUsedByAnotherNodeMeanwhile_IsNotBilledAndTheNextTryIsDisputed()
    {
        var first = Play(_a, 1);
        var copy = DeviceClient.Keys.SignInPlaceOf(_a.Id, first, Play(_a, 2) with { Seal = null });
        using var intake = await IntakeAsync();
        var key = (await _keys.RegisterAsync(_a, PlayKey.Read(first.Seal!.Key)!, default))!.Value.Id;
        using var store = new PlayStore(_source, Meters);
        await using var connection = await store.OpenAsync(default);
        // What the store is told was looked for while the number was free.
        Assert.Single(await store.CommitAsync(connection, [Row(first, key)], default));
        await Assert.ThrowsAsync<PostgresException>(() => store.CommitAsync(connection, [Row(copy, key)], default));
        Assert.Equal((1, 1), await CountAsync());
        var answer = intake.CommitAsync(_a, [copy], default);
        await intake.RunCycleAsync(default);
        Assert.Equal((0, 1, true), ((await answer).Accepted, (await answer).Disputed, (await answer).NumbersAreUsed));
    }
}
