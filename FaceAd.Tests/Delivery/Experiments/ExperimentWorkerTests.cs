using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Decisions;
using FaceAd.Web.Delivery.Experiments;
using FaceAd.Web.Notifications;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Delivery.Experiments;

/// <summary>What plays and presences come to in an experiment, and how it stops.</summary>
public sealed class ExperimentWorkerTests : IAsyncLifetime
{
    private static readonly DateOnly First = new(2026, 3, 11);
    private readonly SetClock _clock = new(Sample.Noon);
    private readonly SetClock _told = new(Sample.Noon);
    private TestDatabase _database = null!;
    private Facts _facts = null!;
    private Organisation _advertiser = null!;
    private ScreenEntry _screen = null!;
    private Campaign _campaign = null!;
    private Guid[] _creatives = [];
    private Guid _user;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _facts = new Facts(_database, _told);
        await using var db = _database.Contexts.CreateDbContext();
        (_, _advertiser, _screen, _) = await Sample.AddSiteAsync(db);
        (_campaign, var creative) = await Sample.AddCampaignAsync(db, _advertiser, [Segment.Men2030]);
        var second = ExperimentRides.Another(creative, 1);
        var user = new User { OrganisationId = _advertiser.Id, DisplayName = "One", UserName = "one@facead.example" };
        db.AddRange(second, user);
        await db.SaveChangesAsync();
        (_creatives, _user) = ([creative.Id, second.Id], user.Id);
    }

    public async Task DisposeAsync()
    {
        await _facts.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RunCycleAsync_PlaysAndPresences_EachPersonCountsOnceWithTheFirstDayOfTheirOwnCreative()
    {
        var experiment = await StartAsync();
        Assert.Equal((First, First.AddDays(-1)), (experiment.FirstDay, experiment.CountedTo));
        await RideAsync(First.AddDays(-1), Enumerable.Range(0, 12).Select(face => (face, face % 2)));
        await RideAsync(First, Enumerable.Range(0, 10).Select(face => (face, face % 2)));
        await RideAsync(First.AddDays(1), Enumerable.Range(0, 12).SelectMany(face => new[] { (face, 0), (face, 1), (face, 1) }));

        _clock.Now = Sample.Calendar.StartOf(First.AddDays(2)) + ExperimentWorker.CountedAfter - TimeSpan.FromSeconds(1);
        Assert.Equal(0, await RunAsync());
        Assert.Equal(First, (await FindAsync(experiment.Id)).CountedTo);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(0, await RunAsync());

        var counted = await FindAsync(experiment.Id);
        Assert.Equal((First.AddDays(1), null), (counted.CountedTo, counted.EndedAt));
        await using var db = _database.Contexts.CreateDbContext();
        var exposures = (await db.Exposures.AsNoTracking().ToListAsync()).Where(e => e.Day >= First).ToList();
        Assert.Equal(12, exposures.Select(e => e.PersonId).Distinct().Count());
        foreach (var (creative, arm) in _creatives.Select((c, i) => (c, i)))
        {
            var people = exposures.Where(e => Arms.OfPerson(experiment.Id, e.PersonId!.Value, 2) == arm).ToLookup(e => e.PersonId);
            var figures = people.Select(p => p.Where(e => e.CreativeId == creative).GroupBy(e => e.Day).MinBy(g => g.Key))
                .OfType<IGrouping<DateOnly, Web.Exposures.Exposure>>()
                .Select(day => (day.Key, Figure: day.Sum(e => e.SecondsAttentive) / day.Sum(e => e.SecondsPresent))).ToList();
            foreach (var day in new[] { First, First.AddDays(1) })
            {
                var row = counted.Days.Single(d => d.Day == day && d.CreativeId == creative);
                Assert.Equal(figures.Count(f => f.Key == day), row.People);
                Assert.Equal(figures.Where(f => f.Key == day).Sum(f => f.Figure), row.Sum, 6);
                Assert.Equal(figures.Where(f => f.Key == day).Sum(f => f.Figure * f.Figure), row.SumOfSquares, 6);
                Assert.Equal(people.SelectMany(p => p).Count(e => e.Day == day && e.CreativeId == creative), row.Own);
                Assert.Equal(people.SelectMany(p => p).Count(e => e.Day == day && e.CreativeId != creative), row.Other);
            }
        }
        Assert.Equal(12, counted.Days.Sum(d => d.People));
    }

    [Fact]
    public async Task RunCycleAsync_PeopleErased_WhatIsNotCountedYetIsGoneAndSumsStay()
    {
        var experiment = await StartAsync();
        await RideAsync(First, Enumerable.Range(0, 6).SelectMany(face => new[] { (face, 0), (face, 1) }));
        await RideAsync(First.AddDays(1), Enumerable.Range(6, 4).SelectMany(face => new[] { (face, 0), (face, 1) }));
        _clock.Now = Sample.Calendar.StartOf(First.AddDays(1)) + ExperimentWorker.CountedAfter;
        await RunAsync();
        Assert.Equal(6, (await FindAsync(experiment.Id)).Days.Sum(d => d.People));

        await new EpochEraser(_database.Source, _clock)
            .EraseAsync(_screen.SiteId, Sample.Calendar.EpochOf(First), EpochEndReason.Erased, default);
        _clock.Now += TimeSpan.FromDays(1);
        await RunAsync();
        var counted = await FindAsync(experiment.Id);
        Assert.Equal((First.AddDays(1), 6), (counted.CountedTo, counted.Days.Sum(d => d.People)));
        Assert.All(counted.Days.Where(d => d.Day > First), d => Assert.Equal((0, 0, 0), (d.People, d.Own, d.Other)));
    }

    [Fact]
    public async Task RunCycleAsync_OneIsBetterAndFourNodesAtOnce_StopsOnceAndTheWinnerHasAllPlays()
    {
        var experiment = await StartAsync(winnerTakesAll: true);
        using (var reader = NewSnapshots())
        {
            await reader.RefreshAsync();
            Assert.Equal((experiment.Id, 2), (reader.Find(_campaign.Id)!.ExperimentId, reader.Find(_campaign.Id)!.Creatives.Count));
        }
        await CountAsync(experiment, new(1_000, 300, 150), new(1_000, 450, 280));
        var stopped = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync()));
        Assert.Equal(1, stopped.Sum());

        var ended = await FindAsync(experiment.Id);
        Assert.Equal((ExperimentEnd.Winner, _creatives[1], (DateTimeOffset?)_clock.Now), (ended.Reason, ended.WinnerId, ended.EndedAt));
        var entry = Assert.Single(await AboutAsync(AuditVerb.ExperimentStopped));
        Assert.Equal(
            new Dictionary<string, string> { ["experimentEnd"] = "Winner", ["winner"] = "Creative 1" },
            JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details!));
        await using var db = _database.Contexts.CreateDbContext();
        var note = Assert.Single(await db.Set<Notification>().ToListAsync());
        Assert.Equal((NotificationKind.ExperimentWon, _user, "Creative 1"), (note.Kind, note.UserId, note.Detail));
        using var after = NewSnapshots();
        await after.RefreshAsync();
        var shown = after.Find(_campaign.Id)!;
        Assert.Equal((null, _creatives[1]), (shown.ExperimentId, Assert.Single(shown.Creatives).Id));
        Assert.Equal(0, await RunAsync());

        // With another creative they are no longer those that were compared.
        var first = await db.Creatives.SingleAsync(c => c.Id == _creatives[0]);
        db.Add(ExperimentRides.Another(first, 2));
        await db.SaveChangesAsync();
        await after.RefreshAsync();
        Assert.Equal(3, after.Find(_campaign.Id)!.Creatives.Count);
    }

    [Fact]
    public async Task RunCycleAsync_CreativesChangedOrTheCampaignOver_StopsAndSaysWhich()
    {
        var one = await StartAsync();
        await CountAsync(one, new(300, 150, 90), new(300, 150, 90));
        Assert.Equal(0, await RunAsync());
        await using (var db = _database.Contexts.CreateDbContext())
        {
            await db.Creatives.Where(c => c.Id == _creatives[1])
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CreativeState.Replaced));
        }
        Assert.Equal(1, await RunAsync());
        Assert.Equal((ExperimentEnd.CreativesChanged, null), ((await FindAsync(one.Id)).Reason, (await FindAsync(one.Id)).WinnerId));
        await using (var db = _database.Contexts.CreateDbContext())
        {
            await db.Creatives.IgnoreQueryFilters().Where(c => c.Id == _creatives[1])
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CreativeState.Current));
        }

        var other = await StartAsync();
        await CountAsync(other, new(99, 50, 30), new(300, 150, 90));
        _clock.Now = Sample.Calendar.StartOf(_campaign.EndsOn.AddDays(1)) + ExperimentWorker.CountedAfter;
        Assert.Equal(1, await RunAsync());
        Assert.Equal((ExperimentEnd.TooFew, _campaign.EndsOn), ((await FindAsync(other.Id)).Reason, (await FindAsync(other.Id)).CountedTo));
        await using (var db = _database.Contexts.CreateDbContext())
            Assert.Equal(["CreativesChanged", "TooFew"], (await db.Set<Notification>().ToListAsync()).Select(n => n.Detail).Order());
    }

    [Fact]
    public async Task StartAsync_WhatCannotBeCompared_IsRefused()
    {
        var (service, mine) = (NewService(), new Viewer(_advertiser.Id, false));
        async Task<ExperimentProblem?> AskAsync(ExperimentTerms terms) => (await service.StartAsync(mine, _campaign.Id, terms)).Problem;
        var terms = new ExperimentTerms(ExperimentMetric.Attention, 0.03, _creatives[0], false);
        foreach (var wrong in new[] { terms with { Smallest = 0 }, terms with { Smallest = double.NaN }, terms with { Smallest = 0.3 },
            terms with { ControlId = Guid.NewGuid() }, terms with { Metric = (ExperimentMetric)7 } })
            Assert.Equal(ExperimentProblem.Terms, await AskAsync(wrong));
        Assert.Equal((null, null), await service.StartAsync(new Viewer(Guid.NewGuid(), false), _campaign.Id, terms));
        Assert.Equal((null, null), await service.StartAsync(mine with { ReadOnly = true }, _campaign.Id, terms));

        Assert.Null(await AskAsync(terms));
        Assert.Equal(ExperimentProblem.Running, await AskAsync(terms));
        var running = (await new ExperimentReader(_database.Contexts).ListAsync(_campaign.Id, exact: true)).Single().Experiment;
        Assert.False(await service.StopAsync(new Viewer(Guid.NewGuid(), false), _campaign.Id, running.Id));
        Assert.False(await service.StopAsync(mine, Guid.NewGuid(), running.Id));
        Assert.True(await service.StopAsync(mine with { UserId = _user }, _campaign.Id, running.Id));
        Assert.False(await service.StopAsync(mine, _campaign.Id, running.Id));
        Assert.Equal(ExperimentEnd.ByHand, (await FindAsync(running.Id)).Reason);

        await using var db = _database.Contexts.CreateDbContext();
        Assert.Empty(await db.Set<Notification>().ToListAsync()); // who stopped it knows
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.Delivery, DeliveryTerms.Default with { InSequence = true }));
        Assert.Equal(ExperimentProblem.InSequence, await AskAsync(terms));
        await db.Creatives.Where(c => c.Id == _creatives[1]).ExecuteDeleteAsync();
        Assert.Equal(ExperimentProblem.Creatives, await AskAsync(terms));
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Draft));
        Assert.Equal(ExperimentProblem.NotOnAir, await AskAsync(terms));
    }

    [Fact]
    public async Task ListAsync_EnoughPeople_SaysHowMuchTheyDifferAndHowLongItTakes()
    {
        var experiment = await StartAsync();
        await CountAsync(experiment, new(150, 60, 40), new(152, 66, 45));
        var reader = new ExperimentReader(_database.Contexts);
        var result = Assert.Single(await reader.ListAsync(_campaign.Id, exact: false));
        Assert.Equal([150.0, 150.0], result.Arms.Select(a => a.People.Value!.Value)); // ranges of five
        Assert.Null(result.Arms[0].OverControl);
        Assert.Equal((66 / 152.0) - (60 / 150.0), result.Arms[1].OverControl!.Value.Difference, 9);
        var needed = experiment.Rule.PeopleNeeded([new(150, 60, 40), new(152, 66, 45)]);
        Assert.Equal((int)Math.Ceiling((needed - 150) / 150), result.DaysLeft); // 150 a day
        Assert.Equal(152, (await reader.ListAsync(_campaign.Id, exact: true))[0].Arms[1].People.Value);
    }

    private async Task<Experiment> StartAsync(bool winnerTakesAll = false)
    {
        var (experiment, problem) = await NewService().StartAsync(
            new Viewer(_advertiser.Id, false), _campaign.Id, new(ExperimentMetric.Attention, 0.03, _creatives[0], winnerTakesAll));
        Assert.Null(problem);
        return experiment!;
    }

    private async Task CountAsync(Experiment experiment, ArmSums one, ArmSums other, int day = 0)
    {
        await using var db = _database.Contexts.CreateDbContext();
        await ExperimentRides.CountAsync(db, experiment, one, other, day);
    }

    private Task RideAsync(DateOnly day, IEnumerable<(int Face, int Creative)> rides)
    {
        _told.Now = Sample.Calendar.StartOf(day.AddDays(1));
        return ExperimentRides.RideAsync(_facts, _screen, day, rides.Select(r => (r.Face, _creatives[r.Creative])));
    }

    private ExperimentService NewService() => new(_database.Contexts, _clock, NullLogger<ExperimentService>.Instance);

    private SnapshotReader NewSnapshots() => new(
        _database.Contexts, Facts.NewPacing(_database.Source, _clock), _clock, NullLogger<SnapshotReader>.Instance);

    private async Task<int> RunAsync()
    {
        using var worker = new ExperimentWorker(_database.Contexts, _clock, NullLogger<ExperimentWorker>.Instance);
        return await worker.RunCycleAsync(default);
    }

    private async Task<Experiment> FindAsync(Guid id)
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.Set<Experiment>().AsNoTracking().Include(e => e.Days).SingleAsync(e => e.Id == id);
    }

    private async Task<IReadOnlyList<AuditEntry>> AboutAsync(AuditVerb verb)
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.AuditEntries.Where(e => e.SubjectId == _campaign.Id && e.Verb == verb).ToListAsync();
    }
}
