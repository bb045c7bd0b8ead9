using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Decisions;

public sealed class SupplyReaderTests
{
    private static readonly DateOnly Monday = new(2026, 3, 9);

    [Fact]
    public async Task Read_TwoWeeksOfOneSite_IsTheMeanWeekOfEachHour()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (site, _, a, b) = await Sample.AddSiteAsync(db);
        for (var day = -14; day < 0; day++)
        {
            var date = Monday.AddDays(day);
            var isMonday = date.DayOfWeek == DayOfWeek.Monday;
            await AddAsync(db, a, date, 8, Segment.Silver, isMonday ? 30 : 10);
            await AddAsync(db, b, date, 8, Segment.Silver, 2);
        }
        await AddAsync(db, a, Monday, 8, Segment.Silver, 1_000); // today is not over
        var supply = await new SupplyReader(database.Source).ReadAsync([site.Id], Monday, default);

        var week = supply.WeekOf(Sample.Snapshot(targets: [Segment.Silver], sites: [site.Id]));
        Assert.Equal(
            [(8, 32.0), .. Enumerable.Range(1, 6).Select(d => ((d * 24) + 8, 12.0))],
            week.Index().Where(h => h.Item > 0).Select(h => (h.Index, Math.Round(h.Item, 9))));
        Assert.Equal(week, supply.WeekOf(Sample.Snapshot(targets: [Segment.Silver]))); // it is the only one
        Assert.All(supply.WeekOf(Sample.Snapshot(targets: [Segment.Kids])), hour => Assert.Equal(0, hour));
    }

    [Fact]
    public async Task Read_OneDay_TellsNoDayOfTheWeekFromAnother()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (site, _, a, _) = await Sample.AddSiteAsync(db);
        await AddAsync(db, a, Monday.AddDays(-1), 20, Segment.Men2030, 5);
        var supply = await new SupplyReader(database.Source).ReadAsync([site.Id], Monday, default);
        var week = supply.WeekOf(Sample.Snapshot(sites: [site.Id]));
        Assert.All(Enumerable.Range(0, 7), day => Assert.Equal(5, week[(day * 24) + 20]));
    }

    [Fact]
    public async Task Read_NothingYet_IsAssumed()
    {
        await using var database = await TestDatabase.CreateAsync();
        Assert.True((await new SupplyReader(database.Source).ReadAsync([], Monday, default)).WeekOf(Sample.Snapshot())[12] > 0);
    }

    private static Task<int> AddAsync(DbContext db, ScreenEntry screen, DateOnly day, int hour, Segment segment, int presences) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
            VALUES ({screen.Id}, {day}, {hour}, {(int)segment}, {presences}, 0, 0, 0)
            """);
}
