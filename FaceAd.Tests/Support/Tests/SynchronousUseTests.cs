using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Support.Tests;

/// <summary>What would fail a test in whose app it happened.</summary>
public sealed class SynchronousUseTests : IAsyncLifetime
{
    private readonly SynchronousUse _use = new(sparesTests: false);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Query_Synchronous_IsRefusedAndRemembersWhoAsked()
    {
        await using var db = NewContext();
        Assert.Throws<InvalidOperationException>(() => db.Sites.Any());
        Assert.Contains(nameof(Query_Synchronous_IsRefusedAndRemembersWhoAsked),
            Assert.Throws<InvalidOperationException>(_use.Demand).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_InATransaction_IsRefusedToo()
    {
        await using var db = NewContext();
        await using var transaction = await db.Database.BeginTransactionAsync();
        Assert.Throws<InvalidOperationException>(() => db.Sites.Any());
        Assert.Throws<InvalidOperationException>(_use.Demand);
    }

    [Fact]
    public async Task Query_InsideAnotherWithoutNamingItsRow_IsRefused()
    {
        await using var db = NewContext();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => db.Users.Select(_ => new { Any = db.Sites.Any() }).ToListAsync());
        Assert.Throws<InvalidOperationException>(_use.Demand);
    }

    [Fact]
    public async Task Query_Asynchronous_IsFine()
    {
        await using var db = NewContext();
        await db.Users.Select(u => new { Any = db.Sites.Any(s => s.Name == u.DisplayName) }).ToListAsync();
        _use.Demand();
    }

    private FaceAdDbContext NewContext() => new(
        new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(_database.Source).AddInterceptors(_use.Interceptors).Options);
}
