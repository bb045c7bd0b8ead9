using System.Text.Json;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Decisions;

/// <summary>A snapshot that is kept up to date by what has changed is the one that reading everything gives.</summary>
public sealed class SnapshotReaderTests(SnapshotReaderTests.Database data) : IClassFixture<SnapshotReaderTests.Database>
{
    /// <summary>A database without an app, and an organisation in it.</summary>
    public sealed class Database : IAsyncLifetime
    {
        internal TestDatabase Test { get; private set; } = null!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            Test = await TestDatabase.CreateAsync();
            await using var connection = await Test.Source.OpenConnectionAsync();
            await connection.ExecuteAsync(
                "INSERT INTO organisations (id, name, kind, created_at, requires_two_factor) VALUES ($1, 'A', 1, now(), false)",
                [Guid.Empty], default);
        }

        /// <inheritdoc/>
        public async Task DisposeAsync() => await Test.DisposeAsync();
    }

    private readonly SetClock _clock = new(Sample.Noon);
    private readonly Complaints _said = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RefreshAsync_AnyHistory_IsWhatReadingEverythingGives(int seed)
    {
        var random = new Random(seed);
        await using var history = new CampaignHistory(data.Test.Source, random, _clock);
        using var kept = NewReader();
        for (var step = 0; step < 120; step++)
        {
            await history.StepAsync();
            if (random.Next(3) == 0) continue; // several between two readings
            await kept.RefreshAsync();
            using var naive = NewReader();
            await naive.RefreshAsync();
            Assert.Equal(Text(naive), Text(kept));
        }
        Assert.NotEmpty(kept.Current.Campaigns);
        Assert.All(kept.Current.Campaigns, c => Assert.Same(c, kept.Find(c.Id)));
        Assert.Null(kept.Find(Guid.NewGuid()));
        Assert.NotEmpty(kept.Current.HouseLoop);
        Assert.True(await kept.CheckAsync());
        Assert.Empty(_said.Lines);
    }

    [Fact]
    public async Task RefreshAsync_NothingChanged_KeepsTheSameCampaigns()
    {
        await using var history = new CampaignHistory(data.Test.Source, new Random(3), _clock);
        using var reader = NewReader();
        await reader.RefreshAsync();
        var before = reader.Current.Campaigns;
        await reader.RefreshAsync();
        Assert.Same(before, reader.Current.Campaigns);
    }

    [Fact]
    public async Task CheckAsync_AChangeThatNobodyNoted_SaysSoAndIsRightAfterwards()
    {
        await using var history = new CampaignHistory(data.Test.Source, new Random(4), _clock);
        var id = await history.AddRunningAsync();
        using var reader = NewReader();
        await reader.RefreshAsync();
        await using var connection = await data.Test.Source.OpenConnectionAsync();
        foreach (var statement in new[]
                 {
                     "ALTER TABLE campaigns DISABLE TRIGGER USER", $"UPDATE campaigns SET budget_krw = 77 WHERE id = '{id}'",
                     "ALTER TABLE campaigns ENABLE TRIGGER USER",
                 })
            await connection.ExecuteAsync(statement, [], default);
        await reader.RefreshAsync();
        Assert.NotEqual(77, reader.Current.Campaigns.Single(c => c.Id == id).BudgetKrw);
        Assert.False(await reader.CheckAsync());
        Assert.Equal(77, reader.Current.Campaigns.Single(c => c.Id == id).BudgetKrw);
        Assert.Contains(id.ToString(), Assert.Single(_said.Lines), StringComparison.Ordinal);
        Assert.True(await reader.CheckAsync());
    }

    [Fact]
    public async Task Changes_MarkThatIsTooOldOrOfAnotherDatabase_TellNothing()
    {
        await using var history = new CampaignHistory(data.Test.Source, new Random(5), _clock);
        await using var connection = await data.Test.Source.OpenConnectionAsync();
        var (mark, all) = await CampaignChanges.ReadAsync(connection, null, default);
        Assert.Null(all);
        var id = await history.AddRunningAsync();
        Assert.Equal([id], await ChangedAsync(mark));
        Assert.Null(await ChangedAsync(mark with { At = mark.At.AddMinutes(-1) })); // its notes may be gone
        Assert.Null(await ChangedAsync(mark with { At = mark.At.AddMinutes(1) })); // the database's clock was set back
        Assert.Null(await ChangedAsync(mark with { Snapshot = "99999999999:99999999999:" }));

        // Notes of the last minute stay; older ones go, as do those that a restored backup brought from another database.
        await connection.ExecuteAsync("INSERT INTO campaign_changes VALUES ('99999999999', $1)", [Guid.NewGuid()], default);
        var (later, _) = await CampaignChanges.ReadAsync(connection, mark, default);
        Assert.Equal(mark, await CampaignChanges.DeleteAsync(connection, mark, later, default));
        Assert.Contains(id, (await ChangedAsync(mark))!);
        await Wait.UntilAsync(
            async () =>
            {
                (later, _) = await CampaignChanges.ReadAsync(connection, mark, default);
                var before = later with { At = later.At.AddMinutes(-2) };
                Assert.Equal(later, await CampaignChanges.DeleteAsync(connection, before, later, default));
                return (await connection.QueryAsync("SELECT 1 FROM campaign_changes LIMIT 1", [], _ => true, default)).Count == 0;
            }, "the notes go, once no transaction on the server is older than they are");

        async Task<HashSet<Guid>?> ChangedAsync(ChangeMark since) => (await CampaignChanges.ReadAsync(connection, since, default)).Changed;
    }

    private SnapshotReader NewReader()
    {
        using var log = new LoggerFactory([_said]);
        return new(data.Test.Contexts, Facts.NewPacing(data.Test.Source, _clock), _clock, log.CreateLogger<SnapshotReader>());
    }

    private static string Text(SnapshotReader reader) =>
        JsonSerializer.Serialize(new { reader.Current.Campaigns, reader.Current.HouseLoop });
}
