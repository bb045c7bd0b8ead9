using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Metrics.Forecasts;

public sealed class VisitCounterTests : IAsyncLifetime
{
    private static readonly int Epoch = Sample.Calendar.EpochOf(Sample.Calendar.DayOf(Sample.Noon));
    private static readonly DateTimeOffset Start = Sample.Calendar.StartOf(Sample.Calendar.FirstDayOf(Epoch));

    private readonly SetClock _clock = new(Start);
    private TestDatabase _database = null!;
    private Facts _facts = null!;
    private ScreenEntry _a = null!;
    private ScreenEntry _b = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _facts = new Facts(_database, _clock);
        await using var db = _database.Contexts.CreateDbContext();
        (_, _, _a, _b) = await Sample.AddSiteAsync(db);
    }

    public async Task DisposeAsync()
    {
        await _facts.DisposeAsync();
        await _database.DisposeAsync();
    }

    // One person on two days of the first week, twice on one of them, and on both screens; another once, and again in the second week.
    [Fact]
    public async Task RunCycle_AWeekIsOver_CountsPeopleByDaysAndRides()
    {
        await RideAsync(_a, 1, day: 0);
        await RideAsync(_a, 1, day: 3);
        await RideAsync(_b, 1, day: 3, hour: 18);
        await RideAsync(_a, 2, day: 5);
        await RideAsync(_b, 2, day: 8);
        await _facts.UpdateExposuresAsync();
        var counter = NewCounter();

        _clock.Now = Start.AddDays(7).AddSeconds(-1);
        Assert.Equal(0, await counter.RunCycleAsync(default));
        _clock.Now = Start.AddDays(7);
        Assert.Equal(1, await counter.RunCycleAsync(default));
        Assert.Equal(0, await counter.RunCycleAsync(default));
        Assert.Equal(0, await NewCounter().RunCycleAsync(default)); // another run of the program
        var week = Assert.Single(await CountsAsync());
        Assert.Equal((Epoch, 7, Segment.Men2030), (week.Epoch, (int)week.Days, week.Segment));
        Assert.Equal([1, 1, 0, 0, 0, 0, 0], week.Persons);
        Assert.Equal(
            [(VisitPattern.Place(1, 9), 1), (VisitPattern.Place(2, 9), 2), (VisitPattern.Place(2, 18), 1)],
            week.Rides.Index().Where(r => r.Item > 0).Select(r => (r.Index, (int)r.Item)));

        _clock.Now = Start.AddDays(14);
        Assert.Equal(1, await counter.RunCycleAsync(default));
        var both = (await CountsAsync()).Single(c => c.Days == 14);
        Assert.Equal((0L, 2L), (both.Persons[0], both.Persons[1]));
        Assert.Equal(5, both.Rides[VisitPattern.Place(2, 0)..].Sum());
    }

    // The last week of an epoch ends with it; records of people are destroyed two days later.
    [Fact]
    public async Task RunCycle_EpochOver_CountsItsLastWeekWhileThePeopleAreThere()
    {
        await RideAsync(_a, 1, day: 27);
        await _facts.UpdateExposuresAsync();
        _clock.Now = Start.AddDays(28).Add(PrivacyTerms.Default.Grace).AddSeconds(-1);
        Assert.Equal(1, await NewCounter().RunCycleAsync(default));
        var counts = Assert.Single(await CountsAsync());
        Assert.Equal((28, 1L), ((int)counts.Days, counts.Persons[0]));

        _clock.Now = Start.AddDays(28).Add(PrivacyTerms.Default.Grace);
        Assert.Equal(0, await NewCounter().RunCycleAsync(default));
    }

    [Fact]
    public async Task RunCycle_NextEpochCounted_KeepsTheOneBeforeAndNoOther()
    {
        await RideAsync(_a, 1, day: 1);
        await _facts.UpdateExposuresAsync();
        _clock.Now = Start.AddDays(7);
        await NewCounter().RunCycleAsync(default);
        await using (var db = _database.Contexts.CreateDbContext())
        {
            foreach (var before in new[] { 1, 2 })
            {
                db.Add(new VisitCounts
                {
                    SiteId = _a.SiteId,
                    Epoch = Epoch - before,
                    Days = 28,
                    Segment = Segment.Silver,
                    Persons = [1],
                    Rides = new long[24],
                });
            }
            await db.SaveChangesAsync();
        }
        _clock.Now = Start.AddDays(14);
        await NewCounter().RunCycleAsync(default);
        Assert.Equal([Epoch - 1, Epoch, Epoch], (await CountsAsync()).Select(c => c.Epoch));
    }

    private VisitCounter NewCounter() =>
        new(_database.Contexts, PrivacyTerms.Default, _clock, NullLogger<VisitCounter>.Instance);

    private async Task<List<VisitCounts>> CountsAsync()
    {
        await using var db = _database.Contexts.CreateDbContext();
        return await db.Set<VisitCounts>().AsNoTracking().OrderBy(c => c.Epoch).ThenBy(c => c.Days).ToListAsync();
    }

    private Task RideAsync(ScreenEntry screen, int face, int day, int hour = 9)
    {
        var from = Start.AddDays(day).AddHours(hour);
        _clock.Now = from.AddMinutes(1);
        var viewer = Sample.Viewer(Segment.Men2030, from, from.AddSeconds(20), inView: false,
            views: [Sample.Face(face, 0.2, day), Sample.Face(face, 0.2, 100 + day)]);
        return _facts.SeeAsync(screen, Sample.Report(Guid.NewGuid(), 1, from, from.AddSeconds(20), AudienceState.Closed, viewer));
    }
}
