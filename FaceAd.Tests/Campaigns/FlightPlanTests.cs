using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns.Booking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Campaigns;

public sealed class FlightPlanTests
{
    private static readonly DateOnly Day = new(2026, 3, 1);

    [Fact]
    public void Plan_AnyFlights_SaysWhatTheirDaysSay() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var flights = Flights(random);
        var days = flights.SelectMany(f => Enumerable.Range(0, f.Days).Select(f.StartsOn.AddDays)).Distinct().Order().ToList();
        var plan = FlightPlan.Of(flights);
        var asked = Enumerable.Range(-3, 80).Select(Day.AddDays).ToList();
        return plan.Days == days.Count && plan.StartsOn == days[0] && plan.EndsOn == days[^1]
            && asked.All(d => plan.Contains(d) == days.Contains(d))
            && asked.All(d => plan.Next(d) == days.Where(x => x >= d).Select(x => (DateOnly?)x).FirstOrDefault())
            && (plan.Parts is null) == (days[^1].DayNumber - days[0].DayNumber + 1 == days.Count)
            && plan.Flights.Zip(plan.Flights.Skip(1)).All(p => p.Second.StartsOn > p.First.EndsOn.AddDays(1))
            && plan.Moved(5).Flights.SequenceEqual(plan.Flights.Select(f => new Flight(f.StartsOn.AddDays(5), f.EndsOn.AddDays(5))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ElapsedShare_AnyInstant_IsTheShareOfHoursOnAirThatArePast() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var plan = FlightPlan.Of(Flights(random));
        var hours = plan.Flights.SelectMany(f =>
            Enumerable.Range(0, f.Days * 24).Select(h => Sample.Calendar.StartOf(f.StartsOn).AddHours(h))).ToList();
        var now = Sample.Calendar.StartOf(Day).AddHours(random.Next(-24, 24 * 80));
        return Math.Abs(plan.ElapsedShare(Sample.Calendar, now) - (hours.Count(h => h < now) / (double)hours.Count)) < 1e-9;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EndingOn_LaterDay_MovesTheLastFlightOnly()
    {
        var plan = FlightPlan.Of([new(Day, Day.AddDays(2)), new(Day.AddDays(9), Day.AddDays(10))]).EndingOn(Day.AddDays(20));
        Assert.Equal([new Flight(Day, Day.AddDays(2)), new Flight(Day.AddDays(9), Day.AddDays(20))], plan.Flights);
        Assert.Equal(Day.AddDays(20), plan.EndsOn);
    }

    [Fact]
    public void Until_TheLastDayBeforeAFlightWasAdded_IsThePlanBefore() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var plan = FlightPlan.Of(Flights(random));
        var first = plan.EndsOn.AddDays(random.Next(1, 10));
        var longer = FlightPlan.Of([.. plan.Flights, new Flight(first, first.AddDays(random.Next(20)))]);
        return longer.Days > plan.Days && longer.Until(plan.EndsOn).Flights.SequenceEqual(plan.Flights);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void IsEligible_BetweenFlights_IsNot()
    {
        var today = Sample.Calendar.DayOf(Sample.Noon);
        SnapshotCampaign With(params Flight[] flights) =>
            Sample.Snapshot(starts: flights[0].StartsOn, ends: flights[^1].EndsOn) with { Flights = flights };
        bool Eligible(SnapshotCampaign campaign) =>
            Eligibility.Of(campaign.Terms, Guid.NewGuid(), Sample.Calendar.ClockAt(Sample.Noon)) == Gate.None;
        Assert.False(Eligible(With(new(today.AddDays(-5), today.AddDays(-1)), new(today.AddDays(1), today.AddDays(3)))));
        Assert.True(Eligible(With(new(today.AddDays(-5), today.AddDays(-2)), new(today, today.AddDays(3)))));
    }

    [Fact]
    public void CostPerImpression_DuringARest_DoesNotGrow()
    {
        var today = Sample.Calendar.DayOf(Sample.Noon);
        Flight[] flights = [new(today.AddDays(-5), today.AddDays(-4)), new(today.AddDays(4), today.AddDays(5))];
        var campaign = Sample.Snapshot(budget: 1_000, impressions: 10, starts: flights[0].StartsOn,
            ends: flights[1].EndsOn) with
        { Flights = flights };
        // Half of its days are past, and half of the money is accrued, all through the rest.
        Assert.Equal(50, CostPerImpressionPolicy.CostPerImpression(campaign, Sample.Calendar, Sample.Noon));
        Assert.Equal(50, CostPerImpressionPolicy.CostPerImpression(campaign, Sample.Calendar, Sample.Noon.AddDays(3)));
    }

    [Fact]
    public void Problems_FlightsThatShareADayOrAreTooMany_AreNamed()
    {
        CampaignDraft Draft(params Flight[] flights) =>
            new() { Name = "Spring", Targets = { FaceAd.Core.Segment.Silver }, BudgetKrw = 1, Flights = [.. flights] };
        IReadOnlyList<CampaignProblem> Problems(params Flight[] flights) => Draft(flights).Problems(Day, []);
        Assert.Empty(Problems(new(Day, Day.AddDays(2)), new(Day.AddDays(9), Day.AddDays(10))));
        Assert.Empty(Problems(new(Day.AddDays(9), Day.AddDays(10)), new(Day, Day.AddDays(2)))); // in any order
        Assert.Equal([CampaignProblem.FlightsOverlap], Problems(new(Day, Day.AddDays(9)), new(Day.AddDays(9), Day.AddDays(10))));
        Assert.Equal([CampaignProblem.EndsBeforeStart], Problems(new(Day, Day.AddDays(2)), new(Day.AddDays(9), Day.AddDays(8))));
        Assert.Equal([CampaignProblem.PeriodTooLong], Problems(new(Day, Day.AddDays(2)), new(Day.AddDays(380), Day.AddDays(381))));
        Assert.Equal([CampaignProblem.PeriodOver], Problems(new(Day.AddDays(-9), Day.AddDays(-8)), new(Day.AddDays(-5), Day.AddDays(-4))));
        Assert.Equal([CampaignProblem.TooManyFlights],
            Problems([.. Enumerable.Range(0, 13).Select(n => new Flight(Day.AddDays(3 * n), Day.AddDays(3 * n)))]));
    }

    [Fact]
    public void Problems_AtTheEndOfTime_AreNamedAndNothingBreaks()
    {
        CampaignDraft draft = new()
        {
            Name = "Spring",
            Targets = { FaceAd.Core.Segment.Silver },
            BudgetKrw = 1,
            StartsOn = DateOnly.MaxValue.AddDays(-1),
            EndsOn = DateOnly.MaxValue,
        };
        Assert.Equal([CampaignProblem.TooFarAhead], draft.Problems(Day, []));
        draft.Flights.Add(new(Day, Day));
        draft.Flights.Add(new(DateOnly.MaxValue, DateOnly.MaxValue));
        Assert.Equal([CampaignProblem.TooFarAhead], draft.Problems(Day, []));
    }

    private static List<Flight> Flights(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Day.AddDays(random.Next(50)))
            .Select(d => new Flight(d, d.AddDays(random.Next(12))))];
}
