using FaceAd.Web.Audiences;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Audiences;

public sealed class AttentionSamplesTests
{
    private static AttentionSamples Of(IEnumerable<(double At, double Seconds)> reports) =>
        reports.Aggregate(AttentionSamples.Empty, (curve, r) => curve.With(TimeSpan.FromSeconds(r.At), r.Seconds));

    [Fact]
    public void With_AnyOrderAndRepeats_IsTheSortedSetOfWhatWasTold()
    {
        var reports = Gen.Choose(0, 40).SelectMany(at => Gen.Choose(0, 3).Select(s => (At: at / 2.0, Seconds: s / 4.0))).ListOf();
        Prop.ForAll(Arb.From(reports), Arb.From(Gen.Choose(0, int.MaxValue)), (told, seed) =>
        {
            var random = new Random(seed);
            var shuffled = told.Concat(told.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList();
            var naive = told.Where(r => r.At > 0).GroupBy(r => r.At).OrderBy(g => g.Key)
                .Select(g => ((float)g.Key, (float)g.Max(r => r.Seconds)));
            var curve = Of(shuffled);
            return curve.At.Zip(curve.Seconds).SequenceEqual(naive);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_MoreThanItHolds_KeepsTheFirstAndTheNewestInAnyOrder(int seed)
    {
        var random = new Random(seed);
        var told = Enumerable.Range(1, AttentionSamples.MaxSamples + random.Next(1, 40))
            .Select(i => (At: (double)i, Seconds: i / 2.0)).ToList();
        var inOrder = Of(told);
        Assert.Equal([.. Enumerable.Range(1, AttentionSamples.MaxSamples - 1), told.Count], inOrder.At.Select(a => (int)a));
        var shuffled = Of(told.OrderBy(_ => random.Next()));
        Assert.Equal(inOrder.At, shuffled.At);
        Assert.Equal(inOrder.Seconds, shuffled.Seconds);
    }

    [Fact]
    public void With_NothingNew_IsTheSameCurve()
    {
        var curve = Of([(1, 0.5), (2, 1)]);
        Assert.Same(curve, curve.With(TimeSpan.FromSeconds(1), 0.5));
        Assert.Same(curve, curve.With(TimeSpan.Zero, 0));
    }
}
