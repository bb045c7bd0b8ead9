using FaceAd.Bench.Delivery;
using FaceAd.Bench.Delivery.Bounds;
using FaceAd.Bench.Delivery.Policies;
using FaceAd.Core;

namespace FaceAd.Tests.Bench.Delivery;

public sealed class ReplayTests
{
    private static readonly Lazy<Trace> Week = new(() => Trace.Draw(DeliveryBuildings.All, 14, 7, seed: 7));

    [Fact]
    public void Run_PacedValue_KeepsGoalsThatCanBeKeptAndSpendsNoPlayTooMany()
    {
        var (trace, contracts, forecast) = Booked(0.85);
        var outcome = Replay.Run(trace, contracts, forecast, new PacedValue(trace, contracts, forecast), Stress.None, default);
        Assert.Equal(0, outcome.Overspent);
        Assert.InRange(outcome.ValueKrw / outcome.BookedKrw, 0.97, 1);
        Assert.Equal((0, 0), (outcome.Broken.Child, outcome.Broken.Separation));
        Assert.True(outcome.ValueKrw <= DualBound.Of(Supply.Real(trace, contracts), contracts) + 1e-6);
    }

    [Fact]
    public void Run_ReportsAnHourLate_OnlyThePolicyThatCountsPushesSpendsNoPlayTooMany()
    {
        var (trace, contracts, forecast) = Booked(0.85);
        var late = new Stress("late") { Late = TimeSpan.FromHours(1) };
        Assert.Equal(0, Replay.Run(trace, contracts, forecast, new PacedValue(trace, contracts, forecast), late, default).Overspent);
        Assert.NotEqual(0, Replay.Run(trace, contracts, forecast, new AsFastAsPossible(contracts.Count), late, default).Overspent);
    }

    [Fact]
    public void Run_TodaysRule_BreaksTheRulesThatItDoesNotKnow()
    {
        var (trace, contracts, forecast) = Booked(0.85);
        var outcome = Replay.Run(trace, contracts, forecast, new CostPerImpression(trace, contracts), Stress.None, default);
        Assert.True(outcome.Broken is { Separation: > 0, Cap: > 0 });
        Assert.True(outcome.ValueKrw > 0);
    }

    [Fact]
    public void Draw_OtherTraffic_LeavesTheDaysToLearnFromAsTheyAre()
    {
        var quiet = Trace.Draw(DeliveryBuildings.All, 14, 7, seed: 7, share: 0.3);
        static IEnumerable<(DateTimeOffset, int, int)> Past(Trace trace) =>
            trace.Slots.Where(s => s.Day < 13).Select(s => (s.At, s.Screen, s.Seats.Count));
        Assert.Equal(Past(Week.Value), Past(quiet));
        Assert.InRange((double)quiet.Open.Count() / Week.Value.Open.Count(), 0.2, 0.4);
    }

    // A trace of one slot an hour: the forecast of a week is the mean of the weeks before.
    [Fact]
    public void Forecast_TwoWeeksOfDifferentTraffic_IsTheirMean()
    {
        var start = SiteCalendar.Default.StartOf(SiteCalendar.DefaultAnchor);
        Slot At(int day, int hour, int seats) => new(
            start.AddDays(day).AddHours(hour), 0, 0, day, hour,
            [.. Enumerable.Range(0, seats).Select(i => new Seat(i, true, Segment.Silver, null, Segment.Silver, true, true))]);
        var trace = new Trace(SiteCalendar.DefaultAnchor, 21, 14, 1, 1, [At(0, 9, 1), At(7, 9, 3), At(8, 10, 4), At(14, 9, 50)]);
        Contract[] contracts = [new(0, [Segment.Silver], new HashSet<int> { 0 }, 14, 20, ~0, 10, null, 0, false) { Goal = 1 }];
        var forecast = new Forecast(trace, contracts);
        Assert.Equal(4, forecast.Whole(contracts[0])); // (1 + 3) / 2 at Monday 9, 4 / 2 at Tuesday 10
        Assert.Equal([0, 1, 2], new[] { (14, 9), (14, 9.5), (15, 0) }.Select(at => forecast.Until(contracts[0], at.Item1, at.Item2)));
    }

    [Fact]
    public void CurveError_NothingWasForecastOfAContract_IsOfTheOthersOnly()
    {
        var start = SiteCalendar.Default.StartOf(SiteCalendar.DefaultAnchor);
        Slot At(int day) => new(start.AddDays(day), 0, 0, day, 0, [new(0, true, Segment.Silver, null, Segment.Silver, true, true)]);
        var trace = new Trace(SiteCalendar.DefaultAnchor, 8, 7, 1, 1, [At(0), At(7)]);
        Contract Of(int number, Segment target) => new(number, [target], new HashSet<int> { 0 }, 7, 7, ~0, 10, null, 0, false) { Goal = 2 };
        Contract[] contracts = [Of(0, Segment.Silver), Of(1, Segment.Kids)];
        Forecast forecast = new(trace, contracts);
        var delivered = new Dictionary<int, List<(double Hour, int Count)>> { [0] = [(168, 1)], [1] = [] };
        double Error(params Contract[] of) => new Outcome("any", of, delivered, forecast, default).CurveError;
        Assert.Equal(0.5, Error(contracts)); // half of the goal in the first hour, when all was due, and nothing later
        Assert.Equal(double.NaN, Error(contracts[1]));
    }

    private static (Trace Trace, IReadOnlyList<Contract> Contracts, Forecast Forecast) Booked(double load)
    {
        var contracts = ContractBook.Draw(Week.Value, 25, load, seed: 7);
        Assert.InRange(contracts.Count, 10, 25);
        return (Week.Value, contracts, new Forecast(Week.Value, contracts));
    }
}
