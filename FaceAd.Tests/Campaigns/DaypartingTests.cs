using System.Globalization;
using FaceAd.Core.Decisions;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Campaigns;

public sealed class DaypartingTests
{
    private static readonly string[] Week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    [Fact]
    public void Wants_AnyHour_IsTheNaiveAnswer() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (days, hours) = (random.Next(Dayparting.AllDays + 1), random.Next(Dayparting.AllHours + 1));
        var at = new DateTime(2026, 1, 1).AddMinutes(random.Next(60 * 24 * 365));
        // The long way: names of days and a list of hours.
        var wantedDays = Week.Where((_, i) => Convert.ToString(days, 2).PadLeft(7, '0')[6 - i] == '1');
        var wantedHours = Enumerable.Range(0, 24).Where(h => Convert.ToString(hours, 2).PadLeft(24, '0')[23 - h] == '1').ToList();
        var naive = wantedDays.Contains(at.ToString("dddd", CultureInfo.InvariantCulture)) && wantedHours.Contains(at.Hour);
        return Dayparting.Wants(days, hours, at) == naive;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_AnyHours_IsTheFirstWantedHourFromNow() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (days, hours) = (random.Next(1, Dayparting.AllDays + 1), random.Next(1, Dayparting.AllHours + 1));
        var now = new DateTime(2026, 3, 10).AddMinutes(random.Next(60 * 24 * 14));
        var today = DateOnly.FromDateTime(now);
        var plan = FlightPlan.Of(Enumerable.Range(0, random.Next(1, 4)).Select(_ => today.AddDays(random.Next(-5, 10)))
            .Select(d => new Flight(d, d.AddDays(random.Next(4)))));
        DateTime? naive = null;
        for (var hour = now.Date.AddHours(now.Hour); DateOnly.FromDateTime(hour) <= plan.EndsOn && naive is null; hour = hour.AddHours(1))
        {
            if (plan.Contains(DateOnly.FromDateTime(hour)) && Dayparting.Wants(days, hours, hour)) naive = hour;
        }
        return Dayparting.Next(days, hours, plan, now) == naive;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Runs_AnyHours_CoverThemAndTouchNoOther() => Prop.ForAll<int>(seed =>
    {
        var hours = new Random(seed).Next(Dayparting.AllHours + 1);
        var runs = Dayparting.Runs(hours).ToList();
        return runs.SelectMany(r => Enumerable.Range(r.From, r.To - r.From))
            .SequenceEqual(Enumerable.Range(0, 24).Where(h => (hours >> h & 1) == 1))
            && runs.Zip(runs.Skip(1)).All(p => p.First.To < p.Second.From);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void CountHours_OneWeekOfWeekdayMornings_IsFifteen() =>
        Assert.Equal(15, Dayparting.CountHours(0b1_1111, 0b111 << 7, new DateOnly(2026, 3, 9), new DateOnly(2026, 3, 15)));
}
