using FaceAd.Tests.Support;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Metrics;

public sealed class SharedAudienceTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 3, 9);
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;
    private SharedAudience _audience = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _audience = new SharedAudience(new AudienceFiguresReader(_database.Source), _clock, NullLogger<SharedAudience>.Instance);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task ReadAsync_WithinSeconds_IsReadOnceForEverybody()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ReadAsync()));
        _clock.Now += TimeSpan.FromSeconds(4);
        Assert.Same(answers[^1], await ReadAsync());
        _clock.Now += TimeSpan.FromMinutes(2);
        Assert.NotSame(answers[^1], await ReadAsync());
    }

    [Fact]
    public async Task ReadAsync_OlderThanSeconds_GivesTheOldOneAndReadsANewOne()
    {
        var old = await ReadAsync();
        _clock.Now += TimeSpan.FromSeconds(10);
        Assert.Same(old, await ReadAsync());
        await Wait.UntilAsync(async () => await ReadAsync() != old, "the figures are new");
    }

    [Fact]
    public async Task ReadAsync_DatabaseCannotAnswer_GivesWhatIsAMinuteOldAtMost()
    {
        var old = await ReadAsync();
        await ExecuteAsync("ALTER TABLE screen_hours RENAME TO away");
        for (var i = 0; i < 5; i++)
        {
            _clock.Now += TimeSpan.FromSeconds(10);
            Assert.Same(old, await ReadAsync());
        }
        _clock.Now += TimeSpan.FromSeconds(11);
        await Wait.UntilAsync(async () => await Record.ExceptionAsync(ReadAsync) is PostgresException, "old figures are no longer given");

        await ExecuteAsync("ALTER TABLE away RENAME TO screen_hours");
        Assert.NotSame(old, await ReadAsync());
    }

    private Task<AudienceFigures> ReadAsync() => _audience.ReadAsync(null, Day, Day);

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, [], default);
    }
}
