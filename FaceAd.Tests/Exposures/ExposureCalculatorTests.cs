using FaceAd.Tests.Support;
using FaceAd.Web.Exposures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Exposures;

public sealed class ExposureCalculatorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(0, 10, 0, 10, 10.0, true)]
    [InlineData(0, 10, -5, 15, 10.0, true)]
    [InlineData(0, 10, 0.5, 10, 9.5, true)]
    [InlineData(0, 10, 0.6, 10, 9.4, false)]
    [InlineData(0, 10, 9, 20, 1.0, false)]
    [InlineData(0, 10, 9.001, 20, null, false)]
    [InlineData(0, 10, 10, 20, null, false)]
    [InlineData(0, 10, -5, 0, null, false)]
    public void Compute_PlayAndStay_IsTheirOverlap(double playFrom, double playTo, double from, double to, double? seconds, bool completed)
    {
        var seen = ExposureCalculator.Compute(Between(playFrom, playTo), Between(from, to), 0, 10, Second);
        Assert.Equal(seconds, seen is null ? null : Math.Round(seen.Value.SecondsPresent, 6));
        Assert.Equal(completed, seen?.Completed ?? false);
    }

    [Fact]
    public void Compute_HalfTheStayAttentive_GivesTheOverlapItsShare()
    {
        var seen = ExposureCalculator.Compute(Between(0, 10), Between(5, 25), 10, 10, Second);
        Assert.Equal(2.5, seen!.Value.SecondsAttentive, 6);
    }

    [Fact]
    public void Compute_AnyPlayAndStay_IsTheCountOfSharedMilliseconds() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        int[] p = [.. Enumerable.Range(0, 2).Select(_ => random.Next(6000)).Order()];
        int[] s = [.. Enumerable.Range(0, 2).Select(_ => random.Next(6000)).Order()];
        var shared = Enumerable.Range(0, 6000).Count(ms => ms >= p[0] && ms < p[1] && ms >= s[0] && ms < s[1]);
        var seen = ExposureCalculator.Compute(Between(p[0] / 1000.0, p[1] / 1000.0), Between(s[0] / 1000.0, s[1] / 1000.0), 0, 6, Second);
        return shared >= 1000 ? Math.Abs(seen!.Value.SecondsPresent - (shared / 1000.0)) < 1e-6 : seen is null;
    }).QuickCheckThrowOnFailure();

    private static Span Between(double from, double to) => new(Sample.Noon.AddSeconds(from), Sample.Noon.AddSeconds(to));
}
