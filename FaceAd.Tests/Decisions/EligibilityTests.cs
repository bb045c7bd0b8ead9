using FaceAd.Core.Decisions;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

public sealed class EligibilityTests
{
    private static readonly Guid Site = Guid.NewGuid();
    private static readonly DateTime Noon = new(2026, 3, 11, 12, 0, 0); // a Wednesday
    private static readonly RunningTerms Terms = new(
        [Site], new FlightPlan(new(2026, 3, 10), new(2026, 3, 20), null), Dayparting.AllDays, Dayparting.AllHours, PriceModel.PerThousand,
        1_000, 500, 100);

    [Fact]
    public void Of_EverythingFits_IsNone() => Assert.Equal(Gate.None, Eligibility.Of(Terms, Site, Noon));

    [Fact]
    public void Of_OneTermDoesNotFit_NamesIt()
    {
        Assert.Equal(Gate.Site, Eligibility.Of(Terms, Guid.NewGuid(), Noon));
        Assert.Equal(Gate.NotStarted, Eligibility.Of(Terms, Site, Noon.AddDays(-2)));
        Assert.Equal(Gate.Ended, Eligibility.Of(Terms, Site, Noon.AddDays(10)));
        Assert.Equal(Gate.Budget, Eligibility.Of(Terms with { TargetImpressions = 2_000 }, Site, Noon));
        Assert.Equal(Gate.Hours, Eligibility.Of(Terms with { Hours = 1 << 11 }, Site, Noon));
        Assert.Equal(Gate.Hours, Eligibility.Of(Terms with { Days = Dayparting.AllDays & ~(1 << 2) }, Site, Noon));
        var flights = FlightPlan.Of([new(new(2026, 3, 1), new(2026, 3, 10)), new(new(2026, 3, 12), new(2026, 3, 20))]);
        Assert.Equal(Gate.BetweenFlights, Eligibility.Of(Terms with { Plan = flights }, Site, Noon));
    }

    [Fact]
    public void Anywhere_SitesDiffer_IsTheFurthestOfThem()
    {
        var (before, after, on) = (Noon.AddDays(-2), Noon.AddDays(10), Noon);
        Assert.Equal(Gate.None, Eligibility.Anywhere(Terms, [before, on, after]));
        Assert.Equal(Gate.Ended, Eligibility.Anywhere(Terms, [before, after]));
        Assert.Equal(Gate.Hours, Eligibility.Anywhere(Terms with { Hours = 1 << 11 }, [after, on]));
        Assert.Equal(Gate.Site, Eligibility.Anywhere(Terms, []));
    }

    [Fact]
    public void Of_FlatPrice_IsNeverSpent() =>
        Assert.Equal(
            Gate.None, Eligibility.Of(
                Terms with { PriceModel = PriceModel.Flat, PricePerThousandKrw = null, TargetImpressions = 1_000_000 }, Site, Noon));

    // The rule in one sentence: booked here, today is one of its days, this is one of its hours, and money is left.
    [Fact]
    public void Of_AnyTerms_IsNoneExactlyWhenEverythingFits() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var elsewhere = random.Next(5) == 0;
        var impressions = random.Next(4_000);
        var clock = Noon.Date.AddDays(random.Next(-3, 13)).AddHours(random.Next(24));
        var terms = Terms with
        {
            SiteIds = elsewhere ? [Guid.NewGuid()] : [],
            Days = random.Next(Dayparting.AllDays + 1) | random.Next(Dayparting.AllDays + 1),
            Hours = random.Next(Dayparting.AllHours + 1) | random.Next(Dayparting.AllHours + 1),
            TargetImpressions = impressions,
        };
        var day = DateOnly.FromDateTime(clock);
        var fits = !elsewhere && day >= new DateOnly(2026, 3, 10) && day <= new DateOnly(2026, 3, 20)
            && (terms.Days & (1 << (((int)clock.DayOfWeek + 6) % 7))) != 0 && (terms.Hours & (1 << clock.Hour)) != 0
            && impressions * 500.0 / 1000 < 1_000;
        return Eligibility.Of(terms, Site, clock) == Gate.None == fits;
    }).QuickCheckThrowOnFailure();
}
