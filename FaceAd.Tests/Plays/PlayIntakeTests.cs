using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Frames;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Plays;

/// <summary>Play reports of many players, committed together on a real database.</summary>
public sealed class PlayIntakeTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private ScreenEntry _a = null!;
    private ScreenEntry _b = null!;
    private Campaign _campaign = null!;
    private Creative _creative = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        await using var db = _database.Contexts.CreateDbContext();
        (_, var advertiser, _a, _b) = await Sample.AddSiteAsync(db);
        (_campaign, _creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task CommitAsync_ManyPlayersAtOnce_OneGroupAndEachItsOwnReceipt()
    {
        using var intake = await IntakeAsync();
        var common = Play(0);
        var committed = 0;
        using var listening = intake.Committed.Add(_ => committed++);
        var answers = Enumerable.Range(1, 40).Select(i =>
            intake.CommitAsync(i % 2 == 0 ? _a : _b, [Play(i), common, Play(i) with { FramesPresented = 0 }], default)).ToList();
        await intake.RunCycleAsync(default);

        var receipts = await Task.WhenAll(answers);
        Assert.Equal([2, .. Enumerable.Repeat(1, 39)], receipts.Select(r => r.Accepted));
        Assert.Equal([0, .. Enumerable.Repeat(1, 39)], receipts.Select(r => r.Known));
        Assert.All(receipts, r => Assert.Single(r.Refused));
        Assert.Equal(1, committed);
        Assert.Equal((41, 41), await CountAsync());
    }

    [Fact]
    public async Task CommitAsync_PlaysCommittedByAnotherNodeMeanwhile_AreKnownAndCountedOnce()
    {
        var (known, fresh) = (Play(1), Play(2));
        // What the store is told is new, though another node has committed it since: COPY refuses, INSERT knows.
        using var store = new PlayStore(_source, Meters);
        await using var connection = await store.OpenAsync(default);
        Assert.Single(await store.CommitAsync(connection, [Row(known)], default));
        Assert.Equal([fresh.PlayId], (await store.CommitAsync(connection, [Row(fresh), Row(known)], default)).Select(p => p.Id));
        Assert.Empty(await store.CommitAsync(connection, [Row(fresh), Row(known)], default));
        Assert.Equal((2, 2), await CountAsync());
    }

    [Fact]
    public async Task CommitAsync_CreativeDeletedBetweenLookupAndCommit_OnlyItsPlaysAreRefused()
    {
        Creative doomed;
        await using (var db = _database.Contexts.CreateDbContext())
        {
            doomed = new Creative
            {
                OrganisationId = _creative.OrganisationId,
                CampaignId = _campaign.Id,
                Name = "Doomed",
                Sha256 = new string('b', 64),
                Bytes = 1,
                Seconds = 10,
                Width = 1,
                Height = 1,
                CreatedAt = Sample.Noon,
            };
            db.Add(doomed);
            await db.SaveChangesAsync();
        }
        using var intake = await IntakeAsync(_creative, doomed); // looks both up
        await ExecuteAsync($"DELETE FROM creatives WHERE id = '{doomed.Id}'");
        List<Task<PlayReceipt>> answers = [];
        for (var i = 0; i < 20; i++) answers.Add(
            intake.CommitAsync(_a, [Play(2 * i), Play((2 * i) + 1) with { CreativeId = i % 7 == 3 ? doomed.Id : _creative.Id }], default));
        await intake.RunCycleAsync(default);

        var receipts = await Task.WhenAll(answers);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i % 7 == 3 ? 1 : 2, receipts[i].Accepted);
            Assert.Equal(i % 7 == 3 ? ["There is no such creative."] : [], receipts[i].Refused.Select(r => r.Reason));
        }
        Assert.Equal((37, 37), await CountAsync());
    }

    [Fact]
    public async Task CommitAsync_MoreWaitThanTheQueueHolds_AreTurnedAwayAndTheOthersCommitted()
    {
        using var intake = await IntakeAsync();
        var answers = Enumerable.Range(0, PlayIntake.Capacity).Select(i => intake.CommitAsync(_a, [Play(i % 80)], default)).ToList();
        await Assert.ThrowsAsync<BusyException>(() => intake.CommitAsync(_a, [Play(1)], default));
        await intake.RunCycleAsync(default);
        await Task.WhenAll(answers);
        Assert.Equal(PlayIntake.Capacity, (await CountAsync()).Plays);
    }

    [Fact]
    public async Task CommitAsync_DatabaseAway_IsBusyAndNothingIsPromised()
    {
        await using var nowhere = new NpgsqlDataSourceBuilder("Host=127.0.0.1;Port=1;Username=x;Timeout=1").Build();
        // Away when the creative is looked up, and away when the play is to be written.
        using var played = new PlayedCreatives(nowhere);
        using var store = new PlayStore(nowhere, Meters);
        using var blind = new PlayIntake(
            played, store, new AnalysisGaps(), new SetClock(Sample.Noon), Meters, NullLogger<PlayIntake>.Instance);
        await Assert.ThrowsAsync<BusyException>(() => blind.CommitAsync(_a, [Play(1)], default));
        using var intake = await IntakeAsync(store, _creative);
        var answer = intake.CommitAsync(_a, [Play(1)], default);
        await intake.RunCycleAsync(default);
        await Assert.ThrowsAsync<BusyException>(() => answer);
    }

    [Fact]
    public async Task CommitAsync_TwoWritersAndReportsSentTwiceAtTheSameTime_EachPlayIsCommittedAndAcceptedOnce()
    {
        using var intake = await IntakeAsync();
        await intake.StartAsync(default);
        var random = new Random(7);
        var plays = Enumerable.Range(0, 600).Select(i => Play(i % 80)).ToArray();
        // Each play is sent by two players who go through all of them in orders of their own, ten a request.
        var receipts = await Task.WhenAll(
            new[] { _a, _b, _a, _b }.Select((screen, i) =>
                (screen, Own: plays.Where((_, p) => p % 2 == i / 2).OrderBy(_ => random.Next()).ToArray()))
            .Select(player => Task.Run(async () =>
            {
                List<PlayReceipt> answers = [];
                foreach (var request in player.Own.Chunk(10)) answers.Add(await intake.CommitAsync(player.screen, request, default));
                return answers;
            })));
        await intake.StopAsync(default);

        Assert.Equal(600, receipts.SelectMany(r => r).Sum(r => r.Accepted));
        Assert.Equal(600, receipts.SelectMany(r => r).Sum(r => r.Known));
        Assert.Equal((600, 600), await CountAsync());
    }

    [Fact]
    public async Task StopAsync_RequestsWait_AreStillCommitted()
    {
        using var intake = await IntakeAsync();
        var answers = Enumerable.Range(0, 30).Select(i => intake.CommitAsync(_a, [Play(i)], default)).ToList();
        await intake.StartAsync(default);
        await intake.StopAsync(default);
        Assert.Equal(30, (await Task.WhenAll(answers)).Sum(r => r.Accepted));
        await Assert.ThrowsAsync<BusyException>(() => intake.CommitAsync(_a, [Play(1)], default));
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    private Task<PlayIntake> IntakeAsync(params Creative[] creatives) => IntakeAsync(new PlayStore(_source, Meters), creatives);

    // One that has looked its creatives up already, so that a report waits for a writer as soon as it is brought.
    private async Task<PlayIntake> IntakeAsync(PlayStore store, params Creative[] creatives)
    {
        var played = new PlayedCreatives(_source);
        await played.FindAsync(creatives.Append(_creative).Select(c => c.Id), default);
        return new PlayIntake(played, store, new AnalysisGaps(), new SetClock(Sample.Noon), Meters, NullLogger<PlayIntake>.Instance);
    }

    private PlayReport Play(int second) => new()
    {
        PlayId = Guid.NewGuid(),
        CreativeId = _creative.Id,
        StartedAt = Sample.Noon.AddSeconds(second - 100),
        EndedAt = Sample.Noon.AddSeconds(second - 91),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 1,
    };

    private Play Row(PlayReport report) => new()
    {
        Id = report.PlayId,
        ScreenId = _a.Id,
        CreativeId = report.CreativeId,
        CampaignId = _campaign.Id,
        OrganisationId = _campaign.OrganisationId,
        StartedAt = report.StartedAt,
        EndedAt = report.EndedAt,
        Day = Sample.Calendar.DayOf(report.StartedAt),
        End = report.End,
        Measured = report.Measured,
        FramesPresented = report.FramesPresented,
        ReceivedAt = Sample.Noon,
    };

    private async Task<(long Plays, long Total)> CountAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        return (await db.Plays.LongCountAsync(), (await db.CampaignTotals.SingleAsync(t => t.CampaignId == _campaign.Id)).Plays);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
