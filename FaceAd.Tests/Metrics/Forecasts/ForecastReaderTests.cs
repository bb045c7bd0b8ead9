using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Decisions;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Metrics.Forecasts;

public sealed class ForecastReaderTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;
    private Site _site = null!;
    private ScreenEntry _a = null!;

    private static DateOnly Today => Sample.Calendar.DayOf(Sample.Noon);

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var db = _database.Contexts.CreateDbContext();
        (_site, var advertiser, _a, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver], 3_000_000, PriceModel.PerThousand, 10_000);
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.EndsOn, Today.AddDays(30)));
        for (var day = 1; day <= 28; day++)
        {
            var date = Today.AddDays(-day);
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
                VALUES ({_a.Id}, {date}, 9, {(int)Segment.Silver}, 80, 0, 0, 0), ({_a.Id}, {date}, 9, 0, 20, 0, 0, 0)
                """);
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO campaign_days (campaign_id, day, impressions, on_target) VALUES ({campaign.Id}, {date}, 90, 60)");
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO slot_hours (site_id, day, hour, slots, filled) VALUES ({_site.Id}, {date}, 9, 100, 60)");
        }
        db.Add(new VisitCounts
        {
            SiteId = _site.Id,
            Epoch = Sample.Calendar.EpochOf(Today) - 1,
            Days = 28,
            Segment = Segment.Silver,
            Persons = [.. Enumerable.Repeat(0L, 19), 40, .. Enumerable.Repeat(0L, 8)],
            Rides = [.. Enumerable.Repeat(0L, VisitPattern.Place(20, 9)), 1600, .. Enumerable.Repeat(0L, (8 * 24) + 14)],
        });
        await db.SaveChangesAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    // 90 impressions of 100 presences, where 60 % of the plays were campaigns': 1.5 plays a presence.
    [Fact]
    public async Task Read_FourWeeksOfOneSite_KnowsPresencesPlaysPeopleAndBookings()
    {
        var forecast = await ForecastAsync(Plan(_site.Id));
        Assert.Equal(4, forecast.Weeks);
        var rival = Assert.Single(forecast.Rivals);
        // It has booked 300,000 impressions, which is more than all that come.
        Assert.Equal((1, false), (rival.Share, rival.Yields));
        Assert.Equal(0, forecast.Free.Value, 6);

        await using (var db = _database.Contexts.CreateDbContext())
            await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, Web.Campaigns.CampaignState.Paused));
        var alone = await ForecastAsync(Plan(_site.Id));
        Assert.Empty(alone.Rivals);
        Assert.Equal(80 * 14 * 1.5, alone.Free.Value, 6);
        Assert.Equal(40, alone.Reach!.Universe.Value, 0);
        Assert.Equal(alone, await ForecastAsync(Plan()), (x, y) => Math.Abs(x.Free.Value - y.Free.Value) < 1e-6
            && Math.Abs(x.Reach!.Share.Value - y.Reach!.Share.Value) < 1e-9); // it is the only site
    }

    [Fact]
    public async Task Read_SiteWhereNobodyWasSeen_AssumesAndSaysNothingOfPeople()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (other, _, _, _) = await Sample.AddSiteAsync(db);
        var forecast = await ForecastAsync(Plan(other.Id) with { Targets = [Segment.Men4050] });
        Assert.True(forecast.Free.Value > 0);
        Assert.True(forecast.Free.High > 5 * forecast.Free.Low);
        Assert.Null(forecast.Reach);
    }

    [Fact]
    public async Task Read_NextDay_LooksAtTheDaysBeforeIt()
    {
        using var reader = NewReader();
        var before = (await reader.ReadAsync(Plan(_site.Id) with { Targets = [Segment.Kids] })).Make();
        Assert.Equal(0, before.Free.Value);
        await using (var db = _database.Contexts.CreateDbContext())
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
                VALUES ({_a.Id}, {Today}, 9, {(int)Segment.Kids}, 280, 0, 0, 0)
                """);
        }
        _clock.Now = Sample.Noon.AddDays(1);
        var after = (await reader.ReadAsync(Plan(_site.Id) with { Targets = [Segment.Kids] })).Make();
        Assert.True(after.Free.Value > 0);
        Assert.Null(after.Reach); // nobody recognises children
    }

    // Once, when it was booked: what comes true is seen beside it.
    [Fact]
    public async Task Keeper_BookedCampaign_KeepsItsFirstForecast()
    {
        using var reader = NewReader();
        var keeper = new ForecastKeeper(_database.Contexts, reader, _clock, NullLogger<ForecastKeeper>.Instance);
        await using var db = _database.Contexts.CreateDbContext();
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync();
        Assert.Null(await keeper.FindAsync(campaign.Id));
        Assert.Equal(1, await keeper.RunCycleAsync(default));
        var kept = (await keeper.FindAsync(campaign.Id))!;
        Assert.Equal(Sample.Noon, kept.At);
        Assert.True(kept.ImpressionsLow < kept.Impressions && kept.Impressions < kept.ImpressionsHigh);
        Assert.InRange(kept.Reach!.Value, kept.ReachLow!.Value, kept.ReachHigh!.Value);

        await db.Database.ExecuteSqlAsync($"UPDATE screen_hours SET presences = presences * 10");
        _clock.Now = Sample.Noon.AddDays(1);
        Assert.Equal(0, await keeper.RunCycleAsync(default));
        Assert.Equal(kept.Impressions, (await keeper.FindAsync(campaign.Id))!.Impressions);
    }

    [Fact]
    public async Task Keeper_NothingMeasuredYet_Waits()
    {
        await using var db = _database.Contexts.CreateDbContext();
        await db.Database.ExecuteSqlAsync($"DELETE FROM screen_hours");
        using var reader = NewReader();
        var keeper = new ForecastKeeper(_database.Contexts, reader, _clock, NullLogger<ForecastKeeper>.Instance);
        Assert.Equal(0, await keeper.RunCycleAsync(default));
    }

    // A new reader: it knows what is booked now.
    private async Task<Forecast> ForecastAsync(SnapshotCampaign plan)
    {
        using var reader = NewReader();
        return (await reader.ReadAsync(plan)).Make();
    }

    private ForecastReader NewReader() =>
        new(_database.Contexts, new SupplyReader(_database.Source), new ConfigurationBuilder().Build(), _clock);

    private static SnapshotCampaign Plan(params Guid[] sites) => Sample.Snapshot(
        targets: [Segment.Silver], sites: sites, model: PriceModel.PerThousand, price: 10_000, budget: 100_000_000,
        starts: Today.AddDays(1), ends: Today.AddDays(14));
}
