using FaceAd.Player.Camera;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player;

public sealed class MeasurementLogTests
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    static DateTimeOffset At(int tenths) => Start.AddMilliseconds(tenths * 100);

    // The definition, word by word, over all moments.
    static bool Naive(IEnumerable<int> moments, int from, int to)
    {
        var sorted = moments.Distinct().Order().ToList();
        if (sorted.Count == 0 || sorted[0] > from || to - sorted[^1] > 20) return false;
        return sorted.Zip(sorted.Skip(1)).All(pair => pair.Second - pair.First <= 20 || pair.Second <= from || pair.First + 20 >= to);
    }

    [Fact]
    public void WasWatched_AnyMomentsInAnyOrder_EqualsTheNaiveDefinition()
    {
        var moments = Gen.Choose(0, 200).ListOf(18);
        var interval = Gen.Choose(0, 200).Two();
        Prop.ForAll(Arb.From(moments.Zip(interval, (m, i) => (Moments: m, Interval: i))), input =>
        {
            var log = new MeasurementLog();
            foreach (var moment in input.Moments) log.Watched(At(moment));
            var (from, to) = (Math.Min(input.Interval.Item1, input.Interval.Item2), Math.Max(input.Interval.Item1, input.Interval.Item2));
            return log.WasWatched(At(from), At(to)) == Naive(input.Moments, from, to);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void WasWatched_NothingWatched_IsFalse() => Assert.False(new MeasurementLog().WasWatched(At(0), At(10)));

    [Fact]
    public void WasWatched_GapOfMoreThanTwoSeconds_IsFalseAcrossItAndTrueBesideIt()
    {
        var log = new MeasurementLog();
        foreach (var tenth in Enumerable.Range(0, 31).Concat(Enumerable.Range(52, 30))) log.Watched(At(tenth));
        Assert.True(log.WasWatched(At(5), At(30)));
        Assert.False(log.WasWatched(At(5), At(60)));
        Assert.True(log.WasWatched(At(52), At(80)));
    }
}
