using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Campaigns;

/// <summary>A flat price whose campaign is changed while it runs.</summary>
public sealed class FlatPriceTests
{
    private static readonly DateOnly Day = new(2026, 3, 9);

    [Fact]
    public void CostToDate_AnyChangesThatTheRulesAllow_KeepsWhatHadAccruedAndNeverFalls() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var terms = new RunningTerms([], new FlightPlan(Day, Day.AddDays(random.Next(1, 30)), null), 127, 0xFFFFFF, PriceModel.Flat,
            random.Next(1, 1_000_000), null, 0);
        var at = Sample.Calendar.StartOf(Day);
        List<(DateTimeOffset At, decimal Cost)> seen = [(at, 0)];
        for (var change = 0; change < 6; change++)
        {
            at = at.AddMinutes(random.Next(1, 3 * 24 * 60));
            var (accrued, today) = (terms.CostToDate(Sample.Calendar, at), Sample.Calendar.DayOf(at));
            var budget = random.Next(1, 1_500_000);
            var plan = new FlightPlan(Day, today.AddDays(random.Next(-1, 30)), null);
            var refused = plan.EndsOn < today || BookedRules.Problems(terms.Plan, plan, budget, accrued, today).Any();
            seen.Add((at, accrued));
            if (refused || today > terms.Plan.EndsOn) continue;
            terms = terms with
            {
                Plan = plan,
                BudgetKrw = budget,
                Accruals = [.. terms.Accruals ?? [], new Accrual(at, accrued)],
            };
            // Each past figure stays, to a rounding of the share of time that has passed.
            if (seen.Any(s => Math.Abs(terms.CostToDate(Sample.Calendar, s.At) - s.Cost) > 0.001m)) return false;
        }
        var hours = Enumerable.Range(0, 24 * 40).Select(h => terms.CostToDate(Sample.Calendar, Sample.Calendar.StartOf(Day).AddHours(h)))
            .ToList();
        return hours.Zip(hours.Skip(1)).All(p => p.First <= p.Second + 0.0001m)
            && terms.CostToDate(Sample.Calendar, Sample.Calendar.StartOf(terms.Plan.EndsOn.AddDays(1))) == terms.BudgetKrw;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void CostToDate_OtherBuildingsDatesAndBudgets_NeverFalls() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        SiteCalendar[] zones = [Sample.Calendar, new("America/New_York", new DateOnly(2024, 1, 1))];
        var (calendar, at, cost) = (zones[0], zones[0].StartOf(Day), 0m);
        var terms = new RunningTerms([], new FlightPlan(Day, Day.AddDays(20), null), 127, 0xFFFFFF,
            random.Next(2) == 0 ? PriceModel.Flat : PriceModel.PerThousand, random.Next(1, 1_000_000), 12_000, 0);
        for (var change = 0; change < 12; change++)
        {
            at = at.AddMinutes(random.Next(1, 3 * 24 * 60));
            terms = terms with { TargetImpressions = terms.TargetImpressions + random.Next(20_000) };
            var (accrued, today, budget) = (terms.CostToDate(calendar, at), calendar.DayOf(at), random.Next(1, 1_500_000));
            if (KrwAmount.Whole(accrued) < KrwAmount.Whole(cost)) return false;
            cost = accrued;
            var plan = new FlightPlan(Day, today.AddDays(random.Next(0, 30)), null);
            if (today > terms.Plan.EndsOn || BookedRules.Problems(terms.Plan, plan, budget, accrued, today).Any()) continue;
            calendar = zones[random.Next(2)];
            terms = terms with { Plan = plan, BudgetKrw = budget, Accruals = [.. terms.Accruals ?? [], new Accrual(at, accrued)] };
        }
        return true;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-3, 9, -3, 20, true)] // longer
    [InlineData(-3, 9, -3, 0, true)] // until today
    [InlineData(-3, 9, -3, -1, false)] // today has begun
    [InlineData(-3, 9, -2, 9, false)]
    [InlineData(1, 9, 0, 9, true)] // it has not started
    [InlineData(1, 9, -1, 9, false)]
    public void Problems_DaysThatHaveBegun_StayAsTheyWere(int starts, int ends, int newStarts, int newEnds, bool allowed) => Assert.Equal(
        allowed, !BookedRules.Problems(
            new(Day.AddDays(starts), Day.AddDays(ends), null), new(Day.AddDays(newStarts), Day.AddDays(newEnds), null), 10, 10, Day).Any());
}
