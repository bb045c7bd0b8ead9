using System.Data.Common;
using FaceAd.Tests.Support;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Screens;

/// <summary>What a node reads to know of changes that others made.</summary>
public sealed class ScreenDirectoryTests : IAsyncLifetime
{
    private readonly Readings _readings = new();
    private TestDatabase _database = null!;
    private ScreenDirectory _directory = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _directory = new ScreenDirectory(
            new Contexts(_database, _readings),
            new(new DirectConnections(_database.ConnectionString), TimeProvider.System, NullLogger<NewsListener>.Instance),
            TimeProvider.System, NullLogger<ScreenDirectory>.Instance);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunCycle_NothingChangedButHeartbeats_ReadsNoScreen()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, _, a, _) = await Sample.AddSiteAsync(db);
        await _directory.RunCycleAsync(default);
        Assert.Equal((1, "A"), (_readings.OfScreens, _directory.Find(a.Id)?.Name));
        for (var i = 0; i < 3; i++)
        {
            await db.Database.ExecuteSqlAsync($"UPDATE screens SET last_seen_at = now(), player_version = '1', camera = 1");
            await _directory.RunCycleAsync(default);
        }
        Assert.Equal(1, _readings.OfScreens);
    }

    [Theory]
    [InlineData("UPDATE screens SET name = 'Renamed'")]
    [InlineData("UPDATE screens SET mode = 1 - mode")]
    [InlineData("UPDATE screens SET revoked_at = now()")]
    [InlineData("UPDATE screens SET token_hash = decode(md5(name), 'hex')")]
    [InlineData("UPDATE sites SET name = 'Renamed'")]
    [InlineData("UPDATE sites SET notice = 'Changed'")]
    [InlineData("UPDATE sites SET consent_at = NULL, measurement = false")]
    [InlineData("UPDATE sites SET time_zone = 'Asia/Tokyo'")]
    [InlineData("DELETE FROM screens")]
    public async Task RunCycle_ChangedByAnother_ReadsOnceAndTells(string change)
    {
        await using (var db = _database.Contexts.CreateDbContext()) await OneScreenAsync(db);
        await _directory.RunCycleAsync(default);
        var told = 0;
        using var watching = _directory.Changed.Add(_ => told++);
        await using (var db = _database.Contexts.CreateDbContext()) await db.Database.ExecuteSqlRawAsync(change);
        for (var i = 0; i < 3; i++) await _directory.RunCycleAsync(default);
        Assert.Equal((2, 1), (_readings.OfScreens, told));
    }

    [Fact]
    public async Task RunCycle_ChangeCommittedAfterALaterReading_IsReadThen()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var screen = await OneScreenAsync(db);
        await _directory.RunCycleAsync(default);
        await using var slow = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"UPDATE screens SET name = 'Renamed'");
        await _directory.RunCycleAsync(default);
        await _directory.RefreshAsync();
        Assert.NotEqual("Renamed", _directory.Find(screen)?.Name);
        await slow.CommitAsync();
        await _directory.RunCycleAsync(default);
        Assert.Equal("Renamed", _directory.Find(screen)?.Name);
    }

    private static async Task<Guid> OneScreenAsync(FaceAdDbContext db)
    {
        var (site, _, _, _) = await Sample.AddSiteAsync(db);
        await db.Screens.Where(s => s.Name != "A").ExecuteDeleteAsync();
        return await db.Screens.Where(s => s.SiteId == site.Id).Select(s => s.Id).SingleAsync();
    }

    private sealed class Contexts(TestDatabase database, Readings readings) : IDbContextFactory<FaceAdDbContext>
    {
        public FaceAdDbContext CreateDbContext() =>
            new(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(database.Source).AddInterceptors(readings).Options);
    }

    private sealed class Readings : DbCommandInterceptor
    {
        public int OfScreens { get; private set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("FROM screens", StringComparison.Ordinal)) OfScreens++;
            return ValueTask.FromResult(result);
        }
    }
}
