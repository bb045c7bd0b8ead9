using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

/// <summary>How much of each campaign a screen may play without the server: inside its days and hours, and within the money left.</summary>
public sealed class OfflineSlicesTests
{
    private static readonly Guid Site = Guid.NewGuid();

    // Noon in Seoul, 3:00 UTC: the block began at 0:00 UTC, and a schedule reaches to its end of the next day.
    private static readonly DateTimeOffset Block = Sample.Noon.AddHours(-3);

    [Fact]
    public void Of_HoursOfTheSite_AreGivenInUtcAndCutWhereBlocksMeet()
    {
        // 13:00 to 15:00 and 16:00 to 19:00 in Seoul.
        var campaign = Sample.Snapshot() with { Hours = 0b111_0110_0000_0000_0000 };
        Assert.Equal([(4, 6), (7, 8), (8, 10)], Times(Of([campaign])));
        Assert.Equal([(7, 8), (8, 10)], Times(Of([campaign], now: Block.AddHours(6.5)))); // what has passed is not given out
        Assert.Equal([(8, 10), (28, 30), (31, 32)], Times(Of([campaign], now: Block.AddHours(9))));
        // A quarter of an hour is the finest difference of a time zone.
        var nepal = new SiteCalendar("Asia/Kathmandu", SiteCalendar.DefaultAnchor);
        var slice = Assert.Single(Assert.Single(Of([campaign with { Hours = 1 << 10 }], nepal)).Slices).Slice;
        Assert.Equal((Block.AddMinutes(255), Block.AddMinutes(315)), (slice.From, slice.Until));
    }

    [Fact]
    public void Of_CampaignsThatMayNotRun_HaveNoShare()
    {
        var today = new DateOnly(2026, 3, 10);
        var ending = Sample.Snapshot(ends: today);
        Assert.Equal([(0, 8), (8, 15)], Times(Of([ending]))); // its last day ends at 15:00 UTC
        Assert.Equal([(15, 16), (16, 24)], Times(Of([Sample.Snapshot(starts: today.AddDays(1))])));
        Assert.Empty(Of([Sample.Snapshot(ends: today.AddDays(-1)), Sample.Snapshot(starts: today.AddDays(2)),
            Sample.Snapshot(sites: [Guid.NewGuid()]),
            Sample.Snapshot(model: PriceModel.PerThousand, price: 1000, budget: 1000, target: 1000), // spent
            Sample.Snapshot(starts: today.AddDays(-3), ends: today.AddDays(3)) with
            {
                Flights = [new(today.AddDays(-3), today.AddDays(-2)), new(today.AddDays(2), today.AddDays(3))],
            }]));
    }

    [Fact]
    public void Of_SameBlockLater_TheSlicesBeginWhereTheyDid()
    {
        var campaign = Sample.Snapshot();
        var starts = Of([campaign], now: Block.AddMinutes(1)).Single().Slices.Select(s => s.Slice.From);
        Assert.Equal(starts, Of([campaign], now: Block.AddHours(7.99)).Single().Slices.Select(s => s.Slice.From));
    }

    [Fact]
    public void Of_CreativesByWeightAndCampaignsByTime_ShareTheScreenWithTheHouseLoop()
    {
        SnapshotCreative Creative(int weight) => new(Guid.NewGuid(), "", "", 1, 15) { Weight = weight };
        var weighted = Sample.Snapshot() with { Creatives = [Creative(1), Creative(3)] };
        var house = new SnapshotCreative(Guid.NewGuid(), "", "", 1, 10);
        var snapshot = new DecisionSnapshot(Sample.Noon, [weighted, Sample.Snapshot(impressions: 1)], [house]);
        var shares = OfflineSlices.Of(snapshot, Site, Sample.Calendar, _ => 1, Sample.Noon);
        // A third of eight hours each: 640 plays of 15 s, and 960 of 10 s.
        Assert.Equal([160, 480], shares[0].Slices.Take(2).Select(s => s.Slice.Plays));
        Assert.Equal([960, 960, 960], shares[1].Slices.Select(s => s.Slice.Plays));
    }

    /// <summary>All screens together are given no more than the money that is left pays for, whoever rides.</summary>
    [Fact]
    public void Of_AnySnapshot_AllScreensTogetherStayWithinTheMoneyLeft() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        var random = new Random(seed);
        var sites = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Id: Guid.NewGuid(), Screens: random.Next(1, 40))).ToArray();
        SnapshotCampaign[] campaigns = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Sample.Snapshot(
            budget: random.Next(1, 3_000_000), model: PriceModel.PerThousand, price: random.Next(1, 40_000), target: random.Next(0, 50_000),
            sites: [.. sites.Where(_ => random.Next(3) == 0).Select(s => s.Id)]) with
        {
            Hours = random.Next(1, Dayparting.AllHours + 1),
            Creatives = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
                new SnapshotCreative(Guid.NewGuid(), "", "", 1, random.Next(5, 61)) { Weight = random.Next(1, 11) })],
        })];
        int ScreensOf(SnapshotCampaign c) => sites.Where(s => Targeting.RunsAt(c.SiteIds, s.Id)).Sum(s => s.Screens);
        var now = Sample.Noon.AddMinutes(random.Next(1440));
        var given = sites.SelectMany(s => OfflineSlices.Of(new(now, campaigns, []), s.Id, Sample.Calendar, ScreensOf, now)
            .Select(share => (share.Campaign, Plays: s.Screens * share.Slices.Sum(x => (long)x.Slice.Plays)))).ToList();
        return campaigns.All(c =>
        {
            var plays = given.Where(g => g.Campaign == c).Sum(g => g.Plays);
            var spent = CampaignCost.ToDate(c.PriceModel, c.BudgetKrw, c.PricePerThousandKrw, 1, c.TargetImpressions);
            return spent + (plays * OfflineSlices.ImpressionsPerPlay * c.PricePerThousandKrw!.Value / 1000m) <= c.BudgetKrw;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_ThousandsOfCampaigns_AScheduleStaysSmall()
    {
        SnapshotCampaign[] campaigns = [.. Enumerable.Range(0, 5_000).Select(i => Sample.Snapshot(
            targets: [.. SegmentProbabilities.Segments], impressions: i) with
        {
            Hours = 0b0101_0101_0101_0101_0101_0101,
            Creatives = [.. Enumerable.Range(0, 4).Select(_ => new SnapshotCreative(Guid.NewGuid(), "", "", 1, 10))],
        })];
        var schedule = Schedule(Of(campaigns));
        Assert.NotEmpty(schedule.Offers);
        Assert.InRange(schedule.Offers.Sum(o => o.Tickets.Count), 1, OfflineSchedule.MostTickets);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(schedule).Length, 1, 40 * 1024);
        Assert.Equal(OfflineSchedule.MostOffers, Of([.. campaigns.Select(c => c with
        {
            Hours = Dayparting.AllHours,
            Creatives = [.. c.Creatives.Take(1)],
        })]).Count);
    }

    internal static OfflineSchedule Schedule(IReadOnlyList<OfflineShare> shares) => new(Guid.NewGuid(), [.. shares.Select(share =>
        new OfflineOffer(share.Campaign.Targets, [.. share.Slices.Select(s => OfflineRuleTests.Ticket(s.Slice, s.CreativeId))])
        {
            Terms = share.Terms,
        })]);

    private static IReadOnlyList<OfflineShare> Of(
        IReadOnlyList<SnapshotCampaign> campaigns, SiteCalendar? calendar = null, DateTimeOffset? now = null) => OfflineSlices.Of(
        new(Sample.Noon, campaigns, []), Site, calendar ?? Sample.Calendar, _ => 1, now ?? Sample.Noon);

    // In hours since the block began.
    private static (double From, double Until)[] Times(IReadOnlyList<OfflineShare> shares) =>
        [.. Assert.Single(shares).Slices.Select(s => ((s.Slice.From - Block).TotalHours, (s.Slice.Until - Block).TotalHours))];
}
