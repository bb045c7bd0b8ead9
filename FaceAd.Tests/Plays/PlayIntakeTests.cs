using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Frames;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Plays;

/// <summary>Play reports of many players, committed together on a real database.</summary>
public sealed partial class PlayIntakeTests : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private ScreenEntry _a = null!;
    private ScreenEntry _b = null!;
    private Campaign _campaign = null!;
    private Creative _creative = null!;
    private DecisionSeals _decisions = null!;
    private ScreenKeys _keys = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).Build();
        await using var db = _database.Contexts.CreateDbContext();
        (_, var advertiser, _a, _b) = await Sample.AddSiteAsync(db);
        (_campaign, _creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        _decisions = Facts.NewSeals(_source);
        await _decisions.StartAsync(default);
        _keys = new ScreenKeys(_source, new SetClock(Sample.Noon), NullLogger<ScreenKeys>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task CommitAsync_ManyRequestsAtOnce_OneGroupOfAWriterAndEachItsOwnReceipt()
    {
        using var intake = await IntakeAsync();
        var (common, committed) = (Play(_a, 0), 0);
        using var listening = intake.Committed.Add(_ => committed++);
        var answers = Enumerable.Range(1, 40).Select(i =>
            intake.CommitAsync(_a, [Play(_a, i), common, Play(_a, i) with { FramesPresented = 0 }], default)).ToList();
        var other = intake.CommitAsync(_b, [Play(_b, 1)], default);
        await intake.RunCycleAsync(default);

        var receipts = await Task.WhenAll(answers);
        Assert.Equal([2, .. Enumerable.Repeat(1, 39)], receipts.Select(r => r.Accepted));
        Assert.Equal([0, .. Enumerable.Repeat(1, 39)], receipts.Select(r => r.Known));
        Assert.All(receipts, r => Assert.Single(r.Refused));
        Assert.Equal(1, (await other).Accepted);
        Assert.InRange(committed, 1, 2); // the screens have one writer, or each its own
        Assert.Equal((42, 42), await CountAsync());
    }

    [Theory] // A screen's writer goes by its id: each screen is the first one once.
    [InlineData(true)]
    [InlineData(false)]
    public async Task CommitAsync_AnotherScreenNamesThePlay_ItIsDisputedThereAndAcceptedHere(bool swapped)
    {
        using var intake = await IntakeAsync();
        if (swapped) (_a, _b) = (_b, _a);
        var play = Play(_a, 1);
        for (var time = 0; time < 2; time++)
        {
            // At the same time: of one group, if the screens have one writer.
            var copied = DeviceClient.Keys.Sign(_b.Id, [play with { Seal = null }])[0];
            var (thief, owner) = (intake.CommitAsync(_b, [copied], default), intake.CommitAsync(_a, [play], default));
            await intake.RunCycleAsync(default);
            Assert.Equal((0, time, 1 - time), ((await thief).Accepted, (await thief).Known, (await thief).Disputed));
            Assert.Equal((1 - time, time, 0), ((await owner).Accepted, (await owner).Known, (await owner).Disputed));
        }
        Assert.Equal((1, 1), await CountAsync());
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
        for (var i = 0; i < 20; i++)
        {
            answers.Add(intake.CommitAsync(
                _a, [Play(_a, 2 * i), Play(_a, (2 * i) + 1, i % 7 == 3 ? doomed : _creative)], default));
        }
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
        var answers = Enumerable.Range(0, PlayIntake.Capacity).Select(i => intake.CommitAsync(_a, [Play(_a, i)], default)).ToList();
        await Assert.ThrowsAsync<BusyException>(() => intake.CommitAsync(_a, [Play(_a, -1)], default));
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
        using var blind = Intake(played, store);
        await Assert.ThrowsAsync<BusyException>(() => blind.CommitAsync(_a, [Play(_a, 1)], default));
        using var intake = await IntakeAsync(store, _creative);
        var answer = intake.CommitAsync(_a, [Play(_a, 1)], default);
        await intake.RunCycleAsync(default);
        await Assert.ThrowsAsync<BusyException>(() => answer);
    }

    [Fact]
    public async Task CommitAsync_TwoWritersAndReportsSentTwiceAtTheSameTime_EachPlayIsCommittedAndAcceptedOnce()
    {
        using var intake = await IntakeAsync();
        await intake.StartAsync(default);
        var random = new Random(7);
        (ScreenEntry Screen, PlayReport Report)[] plays =
            [.. Enumerable.Range(0, 600).Select(i => i % 2 == 0 ? (_a, Play(_a, i)) : (_b, Play(_b, i)))];
        // Each screen's plays are sent twice at the same time, in two orders, ten a request.
        var receipts = await Task.WhenAll(
            new[] { _a, _b, _a, _b }.Select(screen =>
                (screen, Own: plays.Where(p => p.Screen == screen).Select(p => p.Report).OrderBy(_ => random.Next()).ToArray()))
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
        var answers = Enumerable.Range(0, 30).Select(i => intake.CommitAsync(_a, [Play(_a, i)], default)).ToList();
        await intake.StartAsync(default);
        await intake.StopAsync(default);
        Assert.Equal(30, (await Task.WhenAll(answers)).Sum(r => r.Accepted));
        await Assert.ThrowsAsync<BusyException>(() => intake.CommitAsync(_a, [Play(_a, -1)], default));
    }

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    private Task<PlayIntake> IntakeAsync(params Creative[] creatives) => IntakeAsync(new PlayStore(_source, Meters), creatives);

    // One that has looked its creatives and screens up already, so that a report waits for a writer as soon as it is brought.
    private async Task<PlayIntake> IntakeAsync(PlayStore store, params Creative[] creatives)
    {
        var played = new PlayedCreatives(_source);
        await played.FindAsync(creatives.Append(_creative).Select(c => c.Id), default);
        foreach (var s in new[] { _a, _b }) await _keys.RegisterAsync(s, PlayKey.Read(Play(s, -1000).Seal!.Key)!, default);
        return Intake(played, store);
    }

    private PlayIntake Intake(PlayedCreatives played, PlayStore store)
    {
        var clock = new SetClock(Sample.Noon);
        return new PlayIntake(
            new PlayChecks(played, _decisions, new PlaySeals(_keys), new ConnectedTimes(), new AnalysisGaps(), clock), store, clock, Meters,
            NullLogger<PlayIntake>.Instance);
    }

    // One of a screen's plays in a row, from four hours before noon.
    private PlayReport Play(ScreenEntry screen, int number, Creative? creative = null)
    {
        var at = Sample.Noon.AddHours(-4).AddSeconds(10 * number);
        return DeviceClient.Keys.Sign(screen.Id, [new PlayReport
        {
            PlayId = Guid.NewGuid(),
            DecisionId = _decisions.Make(screen.Id, (creative ?? _creative).Id, at),
            CreativeId = (creative ?? _creative).Id,
            StartedAt = at,
            EndedAt = at.AddSeconds(9),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 225,
        }])[0];
    }

    private Play Row(PlayReport report, int? key = null) => new()
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
        Seal = key is null ? null : new SealedPlay
        {
            KeyId = key.Value,
            Number = report.Seal!.Number,
            PlayId = report.PlayId,
            StartedAt = report.StartedAt,
            Measured = report.Measured,
            PayloadHash = new byte[PlaySeal.HashBytes],
            Previous = report.Seal.Previous,
            Signature = report.Seal.Signature,
        },
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
