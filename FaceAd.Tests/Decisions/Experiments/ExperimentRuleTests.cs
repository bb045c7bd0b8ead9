using FaceAd.Core.Decisions.Experiments;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Experiments;

public sealed class ExperimentRuleTests
{
    private static readonly ExperimentRule Rule = new(0.03, 2);

    [Fact]
    public void With_AnyFigures_SumsAsANaiveCountDoes() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var figures = Enumerable.Range(0, random.Next(1, 200)).Select(_ => random.NextDouble()).ToList();
        var half = random.Next(figures.Count + 1);
        var sums = Of(figures.Take(half)) + Of(figures.Skip(half));
        // Two more people: one with 0 and one with 1.
        List<double> more = [.. figures, 0, 1];
        var variance = more.Sum(x => Math.Pow(x - more.Average(), 2)) / (more.Count - 1);
        return sums.People == figures.Count && Math.Abs(sums.Mean!.Value - figures.Average()) < 1e-9
            && Math.Abs(sums.Variance - variance) < 1e-9;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_MorePeople_IsNarrowerAndWiderThanOneLookWouldBe()
    {
        double? before = null;
        foreach (var people in new[] { 100, 200, 400, 1_000, 10_000, 100_000 })
        {
            var (one, other) = (Like(people, 0.5), Like(people, 0.5));
            var interval = DifferenceInterval.Of(one, other, 0.05, 4_000)!.Value;
            Assert.Equal(0, interval.Difference, 9);
            Assert.True(before is null || interval.Radius < before);
            Assert.True(interval.Radius > 1.96 * Math.Sqrt(one.Variance * 2 / people));
            before = interval.Radius;
        }
        Assert.InRange(before!.Value, 0, 0.02);
        Assert.Null(DifferenceInterval.Of(default, Like(5, 0.5), 0.05, 4_000));
    }

    // The interval is looked at after every ten people, all along; one interval that never holds the truth is a miss.
    [Theory]
    [InlineData(0.5, 0.5, 1)]
    [InlineData(0.95, 0.9, 2)]
    public void Between_LookedAtAllTheTime_HoldsTheTruth(double rate, double otherRate, int seed)
    {
        const int runs = 300;
        var (random, missed) = (new Random(seed), 0);
        for (var run = 0; run < runs; run++)
        {
            var (one, other, misses) = (default(ArmSums), default(ArmSums), false);
            for (var person = 0; person < 2_000 && !misses; person++)
            {
                if (random.Next(2) == 0) one = one.With(random.NextDouble() < rate ? 1 : 0);
                else other = other.With(random.NextDouble() < otherRate ? 1 : 0);
                if (person % 10 == 0 && Rule.Between(one, other) is { } i) misses = i.Low > rate - otherRate || i.High < rate - otherRate;
            }
            missed += misses ? 1 : 0;
        }
        Assert.InRange(missed, 0, runs * ExperimentRule.Error);
    }

    [Fact]
    public void Judge_OneFarAbove_IsTheWinner()
    {
        Assert.Equal(new Verdict(ExperimentEnd.Winner, 1), Rule.Judge([Like(2_000, 0.4), Like(2_000, 0.6)], isOver: false));
        Assert.Equal(new Verdict(ExperimentEnd.Winner, 0), Rule.Judge([Like(2_000, 0.6), Like(2_000, 0.4)], isOver: true));
    }

    [Fact]
    public void Judge_ThreeArmsOfWhichTwoLead_NamesNoWinner() =>
        Assert.Null(new ExperimentRule(0.03, 3).Judge([Like(2_000, 0.4), Like(2_000, 0.6), Like(2_000, 0.6)], isOver: false).End);

    [Fact]
    public void Judge_VeryManyAlike_FindsNoDifference()
    {
        Assert.Null(Rule.Judge([Like(2_000, 0.5), Like(2_000, 0.5)], isOver: false).End);
        Assert.Equal(new Verdict(ExperimentEnd.NoDifference), Rule.Judge([Like(50_000, 0.5), Like(50_000, 0.5)], isOver: false));
    }

    [Fact]
    public void Judge_CampaignOver_SaysWhetherThereWereEnough()
    {
        Assert.Equal(new Verdict(ExperimentEnd.TooFew), Rule.Judge([Like(99, 0), Like(2_000, 1)], isOver: true));
        Assert.Null(Rule.Judge([Like(99, 0), Like(2_000, 1)], isOver: false).End);
        Assert.Equal(new Verdict(ExperimentEnd.CampaignOver), Rule.Judge([Like(100, 0.5), Like(100, 0.5)], isOver: true));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.03)]
    [InlineData(0.2)]
    public void PeopleNeeded_AnyDifference_IsWhereItShows(double smallest)
    {
        var rule = new ExperimentRule(smallest, 2);
        var needed = (int)Math.Ceiling(rule.PeopleNeeded([Like(500, 0.5), Like(500, 0.5)]));
        Assert.True(rule.Between(Like(needed * 2, 0.5), Like(needed * 2, 0.5))!.Value.Radius < smallest);
        if (needed * 8 / 10 >= ExperimentRule.LeastPeople)
            Assert.True(rule.Between(Like(needed * 8 / 10, 0.5), Like(needed * 8 / 10, 0.5))!.Value.Radius > smallest);
    }

    private static ArmSums Like(int people, double rate) =>
        new(people, Math.Round(people * rate), Math.Round(people * rate));

    private static ArmSums Of(IEnumerable<double> figures) => figures.Aggregate(default(ArmSums), (sums, x) => sums.With(x));
}
