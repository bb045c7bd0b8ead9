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
    public void Compute_PlayAndPresence_IsTheirOverlap(
        double playFrom, double playTo, double from, double to, double? seconds, bool completed)
    {
        var seen = ExposureCalculator.Compute(Between(playFrom, playTo), Between(from, to), Attentive(to - from, 0), 10, Second);
        Assert.Equal(seconds, seen is null ? null : Math.Round(seen.Value.SecondsPresent, 6));
        Assert.Equal(completed, seen?.Completed ?? false);
    }

    [Fact]
    public void Compute_HalfThePresenceAttentive_GivesTheOverlapItsShare()
    {
        var seen = ExposureCalculator.Compute(Between(0, 10), Between(5, 25), Attentive(20, 10), 10, Second);
        Assert.Equal(2.5, seen!.Value.SecondsAttentive, 6);
    }

    [Fact]
    public void Compute_AnyPlayAndPresence_IsTheCountOfSharedMilliseconds() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        int[] p = [.. Enumerable.Range(0, 2).Select(_ => random.Next(6000)).Order()];
        int[] s = [.. Enumerable.Range(0, 2).Select(_ => random.Next(6000)).Order()];
        var shared = Enumerable.Range(0, 6000).Count(ms => ms >= p[0] && ms < p[1] && ms >= s[0] && ms < s[1]);
        var seen = ExposureCalculator.Compute(
            Between(p[0] / 1000.0, p[1] / 1000.0), Between(s[0] / 1000.0, s[1] / 1000.0), Attentive((s[1] - s[0]) / 1000.0, 0), 6, Second);
        return shared >= 1000 ? Math.Abs(seen!.Value.SecondsPresent - (shared / 1000.0)) < 1e-6 : seen is null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Compute_AttentionDuringTheFirstPlayOnly_GoesToTheFirstPlay()
    {
        // In view from 0 to 20 s, facing the screen from 0 to 8 s: told by reports at 4, 8, 12 and 16 s.
        var attention = new AttentionCurve([4, 8, 12, 16], [4, 8, 8, 8], 20, 8);
        var first = ExposureCalculator.Compute(Between(0, 10), Between(0, 20), attention, 10, Second)!.Value;
        var second = ExposureCalculator.Compute(Between(10, 20), Between(0, 20), attention, 10, Second)!.Value;
        Assert.Equal((8.0, true), (first.SecondsAttentive, first.Watched));
        Assert.Equal((0.0, false), (second.SecondsAttentive, second.Watched));
    }

    [Fact]
    public void Between_AnyReports_AddUpToTheWholeAndNeverExceedTheTime() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var (length, total, told) = (random.NextDouble() * 60, 0.0, 0.0);
        List<float> at = [], seconds = [];
        for (var t = random.NextDouble() * 2; t < length; t += 0.1 + (random.NextDouble() * 3))
        {
            told += (t - (at.Count > 0 ? at[^1] : 0)) * random.NextDouble();
            at.Add((float)t);
            seconds.Add((float)told);
        }
        total = Math.Min(length, told + ((length - (at.Count > 0 ? at[^1] : 0)) * random.NextDouble()));
        var curve = new AttentionCurve(at, seconds, length, total);
        double[] cuts = [0, .. Enumerable.Range(0, 5).Select(_ => random.NextDouble() * length).Order(), length];
        var parts = cuts.Zip(cuts.Skip(1)).Select(c => (c.Second - c.First, Got: curve.Between(c.First, c.Second))).ToList();
        return parts.All(p => p.Got >= 0 && p.Got <= p.Item1) && Math.Abs(parts.Sum(p => p.Got) - total) < 1e-3;
    }).QuickCheckThrowOnFailure();

    private static AttentionCurve Attentive(double length, double total) => new([], [], length, total);

    private static Span Between(double from, double to) => new(Sample.Noon.AddSeconds(from), Sample.Noon.AddSeconds(to));
}
