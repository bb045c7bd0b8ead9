using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Exposures;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Places;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Metrics;

/// <summary>What those who may book see of a building.</summary>
public sealed class BuildingReaderTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 3, 26);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task FindAsync_AnyHours_EqualsTheNaiveCount()
    {
        var random = new Random(7);
        await using var db = _database.Contexts.CreateDbContext();
        var (site, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var (_, _, elsewhere, _) = await Sample.AddSiteAsync(db);
        List<ScreenHour> hours = [];
        for (var day = -30; day <= 0; day++)
        {
            foreach (var screen in new[] { a, b, elsewhere })
            {
                if (day % 5 == 0) continue; // nobody was measured
                hours.AddRange(Enumerable.Range(0, 24).Where(_ => random.Next(3) == 0).Select(hour => new ScreenHour
                {
                    ScreenId = screen.Id,
                    Day = Today.AddDays(day),
                    Hour = (short)hour,
                    Segment = (Segment)random.Next(0, 7),
                    Presences = random.Next(1, 40),
                }));
            }
        }
        var (campaign, creative) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        db.AddRange(hours);
        db.AddRange(new[] { (a, 30L, 27L), (b, 90L, 75L), (elsewhere, 1_000L, 0L) }.Select(p => new PlayDay
        {
            CampaignId = campaign.Id,
            Day = Today.AddDays(-3),
            ScreenId = p.Item1.Id,
            CreativeId = creative.Id,
            Plays = p.Item2,
            Measured = p.Item3,
        }));
        await db.SaveChangesAsync();

        var found = (await new BuildingReader(_database.Contexts).FindAsync(site.Id, Today))!;

        var own = hours.Where(h => h.ScreenId != elsewhere.Id && h.Day >= Today.AddDays(-28) && h.Day < Today).ToList();
        Assert.Equal(
            (own.Sum(h => h.Presences), own.Select(h => h.Day).Distinct().Count(), 2),
            (found.Rides, found.MeasuredDays, found.Screens));
        Assert.Equal(Enumerable.Range(0, 24).Select(x => own.Where(h => h.Hour == x).Sum(h => h.Presences)), found.Hours);
        Assert.All(found.Segments, s => Assert.Equal(own.Where(h => h.Segment == s.Key).Sum(h => h.Presences), s.Value));
        Assert.DoesNotContain(Segment.Unknown, found.Segments.Keys);
        Assert.Equal(1, found.Mix.Sum(m => m.Share), 1e-9);
        Assert.Equal((0.85, CoverageRating.Good), (found.Coverage, found.Rating));
        Assert.Equal(new ShownFigure(found.Rides / found.MeasuredDays), found.RidesADay(exact: true));
        var shown = found.RidesADay(exact: false);
        Assert.Equal((0, 4), (shown.Value % SmallCounts.Step, shown.UpTo - shown.Value));
    }

    [Fact]
    public void Figures_OfFewRides_TellOfNobody()
    {
        var quiet = New() with { Rides = 99, MeasuredDays = 25, Segments = new Dictionary<Segment, long> { [Segment.Silver] = 99 } };
        Assert.Equal(ShownFigure.No(NoFigure.Few), quiet.RidesADay(exact: false));
        Assert.Empty(quiet.Mix);
        Assert.Equal((null, CoverageRating.TooEarly), (quiet.Coverage, quiet.Rating));
        var one = quiet with { Segments = new Dictionary<Segment, long> { [Segment.Silver] = 98, [Segment.Men2030] = 4 } };
        Assert.Equal([Segment.Silver], one.Mix.Select(m => m.Segment)); // four men are not named
        Assert.Equal(default, (quiet with { Rides = 0, MeasuredDays = 0 }).RidesADay(exact: false));
    }

    [Theory]
    [InlineData(99, 99, CoverageRating.TooEarly)]
    [InlineData(100, 0, CoverageRating.None)]
    [InlineData(100, 49, CoverageRating.Low)]
    [InlineData(100, 50, CoverageRating.Fair)]
    [InlineData(100, 80, CoverageRating.Good)]
    [InlineData(100, 95, CoverageRating.Full)]
    public void Rating_OfCoverage_HasItsWord(long plays, long measured, CoverageRating expected) =>
        Assert.Equal(expected, (New() with { Played = (plays, measured) }).Rating);

    [Fact]
    public async Task ListAsync_SearchedAndPaged_GivesBuildingsWithScreensOnly()
    {
        await using var db = _database.Contexts.CreateDbContext();
        for (var i = 0; i < BuildingReader.PageSize + 1; i++) await Sample.AddSiteAsync(db);
        var (site, _, _, _) = await Sample.AddSiteAsync(db);
        (site.Name, site.Address, site.Latitude, site.Longitude) = ("100 % Tower", "1 River_side", 37.5, 127);
        db.Add(new Site { Name = "No screens", Address = "1 River_side", CreatedAt = Sample.Noon });
        await db.SaveChangesAsync();
        var reader = new BuildingReader(_database.Contexts);

        Assert.Equal(BuildingReader.PageSize + 2, (await reader.ListAsync(null, 0, Today)).Total);
        Assert.Equal(2, (await reader.ListAsync(null, 1, Today)).Buildings.Count);
        Assert.Equal((1, site.Id), ((await reader.ListAsync("river_", 0, Today)).Total, (await reader.MapAsync("0 % t")).Single().Id));
        Assert.Empty((await reader.ListAsync("riverXside", 0, Today)).Buildings);
        Assert.Null(await reader.FindAsync(Guid.NewGuid(), Today));
    }

    private static BuildingFigures New() => new()
    {
        Id = Guid.NewGuid(),
        Name = "Tower",
        Address = "",
        Place = null,
        Picture = null,
        Measures = true,
        Screens = 1,
        Rides = 0,
        MeasuredDays = 0,
        Hours = new long[24],
        Segments = new Dictionary<Segment, long>(),
        Played = default,
    };
}
