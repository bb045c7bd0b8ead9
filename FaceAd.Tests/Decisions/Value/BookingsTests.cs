using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions.Value;

public sealed class BookingsTests
{
    private static readonly Guid Busy = Guid.NewGuid(), Quiet = Guid.NewGuid();

    [Fact]
    public void TableOf_PricePerThousand_GoalIsWhatTheBudgetBuysOrLess()
    {
        var campaign = Sample.Snapshot(model: PriceModel.PerThousand, budget: 100_999, price: 10_000);
        var booked = One(campaign);
        Assert.Equal((10_099, 10, false), (booked.Goal, booked.PriceKrw, booked.IsOpenEnded));
        Assert.Equal(500, One(campaign with { Delivery = new() { Goal = 500 } }).Goal);
        Assert.Equal(10_099, One(campaign with { Delivery = new() { Goal = 90_000 } }).Goal); // the budget is the limit
    }

    [Fact]
    public void TableOf_FlatPriceWithAGoal_PriceIsItsShare()
    {
        var booked = One(Sample.Snapshot(budget: 600_000) with { Delivery = new() { Goal = 20_000 } });
        Assert.Equal((20_000, 30, false), (booked.Goal, booked.PriceKrw, booked.IsOpenEnded));
    }

    // Thirty days' money of one is three times the other's.
    [Fact]
    public void TableOf_FlatPricesWithoutGoals_ShareTheSupplyByTheirMoney()
    {
        var table = new Bookings(Known()).TableOf([Sample.Snapshot(new Guid(1, 0, 0, new byte[8]), budget: 900_000),
            Sample.Snapshot(new Guid(2, 0, 0, new byte[8]), budget: 300_000),
            Sample.Snapshot(new Guid(3, 0, 0, new byte[8]), [Segment.Kids])]);
        var (large, small, alone) = (Of(table, 1), Of(table, 2), Of(table, 3));
        Assert.Equal(0.75, large.Goal / large.Curve.Whole, 9);
        Assert.Equal(0.25, small.Goal / small.Curve.Whole, 9);
        Assert.Equal(1, alone.Goal / alone.Curve.Whole, 9);
        Assert.Equal(large.PriceKrw, small.PriceKrw, 9); // so that neither is preferred before it is behind
        Assert.True(large is { IsOpenEnded: true });
    }

    [Fact]
    public void TableOf_SitesDaysAndHours_CurveIsTheirSupplyOnly()
    {
        var week = Known().WeekOf(Sample.Snapshot(sites: [Quiet]) with { Hours = 1 << 8, Days = 0b1 });
        Assert.Equal([(8, 2.0)], week.Index().Where(h => h.Item > 0));
        var both = Known().WeekOf(Sample.Snapshot(targets: [Segment.Men2030, Segment.Women2030], sites: [Busy, Quiet]));
        Assert.Equal(10 + 20 + 2, both[8]);
        Assert.Equal(0, both[3]);
    }

    [Fact]
    public void TableOf_SameTermsAndOtherSums_KeepsTheCurve()
    {
        var bookings = new Bookings(Known());
        var campaign = Sample.Snapshot();
        var before = bookings.TableOf([campaign]);
        var later = campaign with { Impressions = 9, Targets = [.. campaign.Targets] };
        Assert.Same(before[0].Curve, bookings.TableOf([later], before)[0].Curve);
        Assert.NotSame(before[0].Curve, bookings.TableOf([campaign with { Hours = 1 << 8 }], before)[0].Curve);
    }

    [Fact]
    public void Supply_NothingSeenYet_IsTheSameInEachDaytimeHour()
    {
        var week = Supply.Unknown.WeekOf(Sample.Snapshot());
        Assert.True(week[12] > 0);
        Assert.Equal(week[12], week[(6 * 24) + 20]);
        Assert.Equal(0, week[3]);
    }

    [Theory]
    [InlineData(Pace.Even, 0.25)]
    [InlineData(Pace.FrontLoaded, 0.3315)]
    [InlineData(Pace.AsFastAsPossible, 1)]
    public void PassedAt_AQuarterOfTheSupply_FollowsThePace(Pace pace, double expected)
    {
        var day = new DateOnly(2026, 3, 10);
        var curve = new TargetCurve(
            new FlightPlan(day, day, null), new WeeklySupply([.. Enumerable.Repeat(1.0, WeeklySupply.Hours)]), pace);
        Assert.Equal(expected, curve.PassedAt(day.ToDateTime(new TimeOnly(6, 0))), 4);
        Assert.Equal(0, curve.PassedAt(day.AddDays(-1).ToDateTime(new TimeOnly(23, 0))));
        Assert.Equal(1, curve.PassedAt(day.AddDays(1).ToDateTime(default)));
    }

    [Fact]
    public void PassedAt_BetweenFlights_StandsStill()
    {
        var day = new DateOnly(2026, 3, 10);
        var curve = new TargetCurve(
            FlightPlan.Of([new(day, day), new(day.AddDays(2), day.AddDays(3))]),
            new WeeklySupply([.. Enumerable.Repeat(1.0, WeeklySupply.Hours)]));
        Assert.Equal(1 / 3.0, curve.PassedAt(day.AddDays(1).ToDateTime(default)), 9);
        Assert.Equal(1 / 3.0, curve.PassedAt(day.AddDays(1).ToDateTime(new TimeOnly(18, 0))), 9);
        Assert.Equal(0.5, curve.PassedAt(day.AddDays(2).ToDateTime(new TimeOnly(12, 0))), 9);
    }

    // From 8 to 9 on every day: ten young men and twenty young women at one site, two young men at the other.
    private static Supply Known()
    {
        double[] Week(double men, double women)
        {
            var week = Supply.NewWeek();
            for (var day = 0; day < 7; day++)
            {
                week[Supply.Place(Segment.Men2030, day, 8)] = men;
                week[Supply.Place(Segment.Women2030, day, 8)] = women;
                week[Supply.Place(Segment.Kids, day, 8)] = 1;
            }
            return week;
        }
        return new Supply(Week(12, 20), new Dictionary<Guid, double[]> { [Busy] = Week(10, 20), [Quiet] = Week(2, 0) });
    }

    private static BookedCampaign One(SnapshotCampaign campaign) => new Bookings(Supply.Unknown).TableOf([campaign])[0];

    private static BookedCampaign Of(CampaignTable table, int number) => table[table.NumberOf(new Guid(number, 0, 0, new byte[8]))!.Value];
}
