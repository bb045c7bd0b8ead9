using FaceAd.Web.Metrics.Forecasts;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Metrics.Forecasts;

public sealed class ReachModelTests
{
    // Ten were seen once in a week, four on each of its days, twice a day.
    private static readonly VisitPattern Week = Pattern(7, [10, 0, 0, 0, 0, 0, 4], [10, 0, 0, 0, 0, 0, 56]);

    private static readonly double[] Always = Hours(1);

    [Fact]
    public void Universe_TheDaysThatWereWatched_IsWhoWasSeen() => Assert.Equal(14, new ReachModel(Week).Universe(7)!.Value, 9);

    // One of seven days: each of ten with 1/7, and all of four.
    [Fact]
    public void Universe_FewerDays_IsWhoIsExpectedOnThem() => Assert.Equal(4 + (10 / 7.0), new ReachModel(Week).Universe(1)!.Value, 9);

    // Twice as long: whoever came once is likely to be new in the second week, too (Good and Toulmin): 14 + 10.
    [Fact]
    public void Universe_LongerThanWasWatched_AddsThoseWhoCameOnce()
    {
        var model = new ReachModel(Pattern(7, [10], [10]));
        Assert.Equal(20, model.Universe(14)!.Value, 9);
        Assert.Null(model.Universe(15));
    }

    // Half of the plays: one ride misses with 1/2, two with 1/4; a day with 1 + Poisson(1) rides with 1/2 e^-1/2.
    [Fact]
    public void Reached_HalfOfThePlays_IsWhoMissesNotAll()
    {
        var air = new Airtime(7, Always, 0.5, 1);
        Assert.Equal(5, new ReachModel(Pattern(7, [10], [10])).Reached(air)!.Value, 9);
        Assert.Equal(7.5, new ReachModel(Pattern(7, [0, 10], [0, 20])).Reached(air)!.Value, 9);
        Assert.Equal(10 * (1 - (0.5 * Math.Exp(-0.5))), new ReachModel(Pattern(7, [10], [20])).Reached(air)!.Value, 9);
        var once = new ReachModel(Pattern(7, [10], [10]));
        Assert.Equal(10 * (1 - Math.Sqrt(0.5)), once.Reached(air with { Exposures = 0.5 })!.Value, 9);
        Assert.Equal(2.5, once.Reached(air with { OnAir = Hours(0.5) })!.Value, 9);
    }

    [Fact]
    public void Reached_AllPlays_IsEverybody()
    {
        var model = new ReachModel(Week);
        foreach (var days in Enumerable.Range(1, 14))
            Assert.Equal(model.Universe(days)!.Value, model.Reached(new Airtime(days, Always, 1, 1))!.Value, 9);
        Assert.Equal(0, model.Reached(new Airtime(7, Always, 0, 2))!.Value, 9);
    }

    // Every choice of T of the W days is as likely as any other.
    [Fact]
    public void Reached_AnyPattern_IsTheMeanOverAllChoicesOfDays() => Prop.ForAll<byte[], byte, byte>((people, chosen, share) =>
    {
        const int watched = 7;
        var persons = new long[watched];
        foreach (var seen in people.Take(30)) persons[seen % watched]++;
        var (days, q) = (1 + (chosen % watched), share / 255.0);
        var model = new ReachModel(Pattern(watched, persons, [.. persons.Select((n, i) => n * (i + 1))]));

        var (choices, universe, reached) = (0, 0.0, 0.0);
        for (var set = 0; set < 1 << watched; set++)
        {
            if (int.PopCount(set) != days) continue;
            choices++;
            for (var k = 1; k <= watched; k++)
            {
                var common = int.PopCount(set & ((1 << k) - 1)); // who was seen on k days: on the first k
                universe += common > 0 ? persons[k - 1] : 0;
                reached += persons[k - 1] * (1 - Math.Pow(1 - q, common));
            }
        }
        Assert.Equal(universe / choices, model.Universe(days)!.Value, 6);
        Assert.Equal(reached / choices, model.Reached(new Airtime(days, Always, q, 1))!.Value, 6);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reached_MorePlaysOrMoreTime_IsNeverLess() => Prop.ForAll<byte[], byte, (byte Share, byte OnAir)>((people, days, on) =>
    {
        var (persons, rides) = (new long[28], new long[28]);
        foreach (var (seen, i) in people.Take(40).Select((p, i) => (p, i)))
        {
            persons[seen % 28]++;
            rides[seen % 28] += ((seen % 28) + 1) * (1 + (i % 3));
        }
        var model = new ReachModel(Pattern(28, persons, rides));
        var air = new Airtime(1 + (days % 28), Hours(on.OnAir / 255.0), on.Share / 255.0, 1.5);
        var reached = model.Reached(air)!.Value;
        Assert.InRange(reached, 0, model.Universe(air.Days)!.Value + 1e-9);
        Assert.True(model.Reached(air with { Share = (1 + air.Share) / 2 })!.Value >= reached - 1e-9);
        Assert.True(model.Reached(air with { OnAir = Hours((1 + air.OnAir[9]) / 2) })!.Value >= reached - 1e-9);
    }).QuickCheckThrowOnFailure();

    // On air from 9 to 10 only: who comes then is reached, who comes at 20 is not.
    [Fact]
    public void Reached_SomeHours_IsWhoComesThen()
    {
        var rides = new long[2 * 24];
        (rides[VisitPattern.Place(1, 20)], rides[VisitPattern.Place(2, 9)]) = (10, 10);
        var model = new ReachModel(new VisitPattern(7, [10, 5], rides));
        Assert.Equal(5, model.Reached(new Airtime(7, [.. Enumerable.Range(0, 24).Select(h => h == 9 ? 1.0 : 0)], 1, 1))!.Value, 9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(29)]
    public void Pattern_DaysOutOfRange_IsRefused(int days) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VisitPattern(days, [], []));

    [Fact]
    public void Pattern_MoreDaysSeenThanWatched_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Pattern(1, [0, 1], [0, 2]));

    private static double[] Hours(double share) => [.. Enumerable.Repeat(share, 24)];

    // All presences at 9.
    private static VisitPattern Pattern(int days, long[] persons, long[] rides)
    {
        var hours = new long[rides.Length * 24];
        for (var i = 0; i < rides.Length; i++) hours[VisitPattern.Place(i + 1, 9)] = rides[i];
        return new VisitPattern(days, persons, hours);
    }
}
