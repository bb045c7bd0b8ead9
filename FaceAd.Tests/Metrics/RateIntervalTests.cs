using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Metrics;

public sealed class RateIntervalTests
{
    private static readonly Gen<(int Part, int Of)> Counted =
        from of in Gen.Frequency((3, Gen.Choose(1, 60)), (1, Gen.Choose(61, 2_000_000)))
        from part in Gen.Frequency((6, Gen.Choose(0, of)), (1, Gen.Constant(0)), (1, Gen.Constant(of)))
        select (part, of);

    // What the interval is by definition: the rates under which the share that was seen is at most 1.96 standard errors away.
    [Fact]
    public void Of_AnyCounts_HoldsTheRatesThatTheyDoNotContradict() =>
        Prop.ForAll(Counted.ToArbitrary(), counted =>
        {
            var (share, interval) = ((double)counted.Part / counted.Of, RateInterval.Of(counted.Part, counted.Of)!.Value);
            bool Fits(double rate) =>
                Math.Abs(share - rate) <= RateInterval.Z * Math.Sqrt(rate * (1 - rate) / counted.Of);
            double Edge(double inside, double outside)
            {
                for (var i = 0; i < 200; i++)
                {
                    var middle = (inside + outside) / 2;
                    (inside, outside) = Fits(middle) ? (middle, outside) : (inside, middle);
                }
                return inside;
            }
            Assert.Equal(counted.Part == 0 ? 0 : Edge(share, 0), interval.Low, 1e-9);
            Assert.Equal(counted.Part == counted.Of ? 1 : Edge(share, 1), interval.High, 1e-9);
            Assert.InRange(share, interval.Low - 1e-12, interval.High + 1e-12);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(9_000, 10_000, 5_000, 10_000, 0)]
    [InlineData(5_000, 10_000, 9_000, 10_000, 1)]
    [InlineData(9, 10, 5, 10, null)] // they overlap
    [InlineData(9_000, 10_000, 0, 0, null)] // nothing is known of the other
    public void Best_TwoParts_IsNamedOnceTheIntervalsPart(long a, long ofA, long b, long ofB, int? best) =>
        Assert.Equal(best, RateInterval.Best([Part(a, ofA), Part(b, ofB)]));

    [Fact]
    public void Best_OneOfThreeTooClose_IsNone() =>
        Assert.Null(RateInterval.Best([Part(9_000, 10_000), Part(5_000, 10_000), Part(8_950, 10_000)]));

    [Fact]
    public void Best_OnePart_IsNone() => Assert.Null(RateInterval.Best([Part(9_000, 10_000)]));

    private static MetricsPart Part(long completed, long impressions) => new(
        Guid.NewGuid(), "Creative", null, 1, 1, impressions, 0, 0, null, null, 0, null, null,
        new ViewMetrics(completed, MetricFormulas.Share(completed, impressions), null, 0, null, null, null));
}
