using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Exposures;
using FaceAd.Web.Screens;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Delivery.Sales;

/// <summary>Fill rate and sell-through against a naive count over random bookings, slots and audiences.</summary>
public sealed class SalesReaderTests : IAsyncLifetime
{
    private static readonly DateOnly Today = new(2026, 3, 26);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public void ComputeAsync_AnyBookings_EqualsTheNaiveCount() =>
        Prop.ForAll<int>(seed => CheckAsync(seed).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(6));

    [Fact]
    public async Task ComputeAsync_MoreBuildingsThanAPage_ReadsOnePageAndCountsAll()
    {
        await using var db = _database.Contexts.CreateDbContext();
        for (var i = 0; i < SalesReader.PageSize + 2; i++) await Sample.AddSiteAsync(db);
        var reader = new SalesReader(_database.Contexts, TimeProvider.System);
        var (first, second) = (await reader.ComputeAsync(Today, 0, default), await reader.ComputeAsync(Today, 1, default));
        Assert.Equal((SalesReader.PageSize, 2), (first.Sites.Count, second.Sites.Count));
        Assert.Equal(SalesReader.PageSize + 2, first.Total);
        Assert.Empty(first.Sites.Select(s => s.Id).Intersect(second.Sites.Select(s => s.Id)));
        Assert.All(first.Sites, s => Assert.Equal((null, null), (s.All.FillRate, s.All.SellThrough)));
    }

    private static async Task CheckAsync(int seed)
    {
        var random = new Random(seed);
        await using var database = await TestDatabase.CreateAsync();
        await using var db = database.Contexts.CreateDbContext();
        var (first, second) = (await Sample.AddSiteAsync(db), await Sample.AddSiteAsync(db));
        ScreenEntry[] screens = [first.A, first.B, second.A];
        List<ScreenHour> audience = [];
        List<SlotHour> slots = [];
        for (var day = -9; day <= 1; day++)
        {
            for (var hour = 6; hour < 10; hour++)
            {
                audience.AddRange(screens.SelectMany(s => Enum.GetValues<Segment>().Where(_ => random.Next(3) == 0).Select(segment =>
                    new ScreenHour
                    {
                        ScreenId = s.Id,
                        Day = Today.AddDays(day),
                        Hour = (short)hour,
                        Segment = segment,
                        Presences = random.Next(1, 30),
                    })));
                slots.AddRange(new[] { first.Site, second.Site }.Select(s => (s.Id, Slots: random.Next(20))).Select(s =>
                    new SlotHour
                    {
                        SiteId = s.Id,
                        Day = Today.AddDays(day),
                        Hour = (short)hour,
                        Slots = s.Slots,
                        Filled = random.Next(s.Slots + 1),
                    }));
            }
        }
        db.AddRange(audience);
        db.AddRange(slots);
        await db.SaveChangesAsync();
        List<Campaign> campaigns = [];
        for (var i = 0; i < 5; i++) campaigns.Add(await BookAsync(db, random, first.Advertiser, [first.Site.Id, second.Site.Id]));

        var page = await new SalesReader(database.Contexts, TimeProvider.System).ComputeAsync(Today, 0, default);

        Assert.Equal(2, page.Total);
        foreach (var site in page.Sites)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var past = slots.Where(s => s.SiteId == site.Id && s.Hour == hour && IsPast(s.Day)).ToList();
                var (ahead, booked) = (0L, 0L);
                for (var day = 1; day <= SalesReader.DaysAhead; day++)
                {
                    var date = Today.AddDays(day);
                    foreach (var row in audience.Where(a => a.Hour == hour && IsPast(a.Day) && a.Day.DayOfWeek == date.DayOfWeek
                        && a.Segment != Segment.Unknown && screens.Single(s => s.Id == a.ScreenId).SiteId == site.Id))
                    {
                        ahead += row.Presences;
                        var clock = date.ToDateTime(new TimeOnly(hour, 30));
                        if (campaigns.Any(c => c.State == CampaignState.Approved && c.Targets.Contains(row.Segment)
                            && Eligibility.Of(c.Terms, site.Id, clock) == Gate.None))
                            booked += row.Presences;
                    }
                }
                Assert.Equal(new HourSales(past.Sum(s => s.Slots), past.Sum(s => s.Filled), ahead, booked), site.Hours[hour]);
            }
        }
        Assert.Contains(page.Sites, s => s.All.SellThrough is not null);
    }

    private static bool IsPast(DateOnly day) => day >= Today.AddDays(-7) && day < Today;

    private static async Task<Campaign> BookAsync(FaceAdDbContext db, Random random, Organisation advertiser, Guid[] sites)
    {
        var spent = random.Next(5) == 0;
        var (campaign, _) = await Sample.AddCampaignAsync(
            db, advertiser, [(Segment)random.Next(1, 7)], 1_000, PriceModel.PerThousand, 1_000);
        campaign.Plan = random.Next(2) == 0
            ? FlightPlan.Of([new(Today.AddDays(random.Next(-5, 10)), Today.AddDays(random.Next(10, 40)))])
            : FlightPlan.Of([new(Today.AddDays(-3), Today.AddDays(2)), new(Today.AddDays(9), Today.AddDays(14))]);
        (campaign.Days, campaign.Hours) = (random.Next(1, 128), random.Next(1, Dayparting.AllHours + 1));
        campaign.SiteIds = random.Next(3) switch { 0 => [], 1 => [sites[0]], _ => sites };
        campaign.State = random.Next(4) == 0 ? CampaignState.Paused : CampaignState.Approved;
        db.Add(new CampaignTotal { CampaignId = campaign.Id, TargetImpressions = spent ? 1_000 : 10 });
        await db.SaveChangesAsync();
        return campaign;
    }
}
