using FaceAd.Inference;
using FaceAd.Inference.Tracking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference.Tracking;

/// <summary>What the estimates of many frames of one face amount to.</summary>
public sealed class EstimateFusionTests
{
    [Fact]
    public void Add_OneFrame_IsThatFrame()
    {
        var ages = Ages(30, 5);
        var fusion = new EstimateFusion(AgeBands.Default, 100);
        fusion.Add(ages, 0.8, 0.4);

        var expected = AgeBands.Default.Estimate(ages, 0.8);
        Assert.Equal(expected.Segments.Men2030, fusion.Current!.Value.Segments.Men2030, 1);
        Assert.Equal(0.8, fusion.Current.Value.Male, 3);
    }

    [Fact]
    public void Add_SameFrameForEver_AddsBoundedConfidence()
    {
        var fusion = new EstimateFusion(AgeBands.Default, 100);
        for (var i = 0; i < 10_000; i++) fusion.Add(Ages(38, 6), 0.7, 0.9);

        var bound = Math.Pow(0.7, EstimateFusion.MostSharpening) / (Math.Pow(0.7, EstimateFusion.MostSharpening)
            + Math.Pow(0.3, EstimateFusion.MostSharpening));
        Assert.InRange(fusion.Current!.Value.Male, 0.7, bound + 1e-6);
        Assert.True(fusion.Current.Value.Segments.Confidence < 0.75);
    }

    [Fact]
    public void Add_FramesOfNoWeight_ChangeNothing()
    {
        var frame = Gen.Choose(1, 100)
            .SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(0, 100).SelectMany(male => Gen.Choose(0, 3)
            .Select(weight => (Age: age, Spread: spread, Male: male / 100.0, Weight: (double)weight)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(frame.ListOf().ToArbitrary(), frames =>
        {
            EstimateFusion all = new(AgeBands.Default, 100), weighty = new(AgeBands.Default, 100);
            foreach (var f in frames)
            {
                all.Add(Ages(f.Age, f.Spread), f.Male, f.Weight);
                if (f.Weight > 0) weighty.Add(Ages(f.Age, f.Spread), f.Male, f.Weight);
            }
            return all.Current == weighty.Current && all.Frames == weighty.Frames;
        }));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Add_ImpossibleWeight_IsRefused(double weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EstimateFusion(AgeBands.Default, 100).Add(Ages(30, 5), 0.5, weight));

    [Fact]
    public void Add_AnyFrameRepeated_AddsBoundedConfidence()
    {
        var frame = Gen.Choose(1, 100)
            .SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(1, 99).SelectMany(male => Gen.Choose(2, 50)
            .Select(times => (Age: age, Spread: spread, Male: male / 100.0, Times: times)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(frame.ToArbitrary(), f =>
        {
            var fusion = new EstimateFusion(AgeBands.Default, 100);
            for (var i = 0; i < f.Times; i++) fusion.Add(Ages(f.Age, f.Spread), f.Male, 0.7);
            var odds = Math.Pow(f.Male / (1 - f.Male), EstimateFusion.MostSharpening);
            var bound = odds / (1 + odds);
            return fusion.Current!.Value.Male >= Math.Min(f.Male, bound) - 1e-9
                && fusion.Current.Value.Male <= Math.Max(f.Male, bound) + 1e-9;
        }));
    }

    [Fact]
    public void Add_AnyFramesInAnyOrder_IsTheSameDistribution()
    {
        var frame = Gen.Choose(1, 100)
            .SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(0, 100).SelectMany(male => Gen.Choose(1, 100)
            .Select(weight => (Age: age, Spread: spread, Male: male / 100.0, Weight: weight / 100.0)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(frame.NonEmptyListOf().ToArbitrary(), frames =>
        {
            EstimateFusion forward = new(AgeBands.Default, 100), backward = new(AgeBands.Default, 100);
            foreach (var f in frames) forward.Add(Ages(f.Age, f.Spread), f.Male, f.Weight);
            foreach (var f in Enumerable.Reverse(frames)) backward.Add(Ages(f.Age, f.Spread), f.Male, f.Weight);
            var (a, b) = (forward.Current!.Value, backward.Current!.Value);
            return a.Segments.IsDistribution && a.Child is >= 0 and <= 1 && a.AgeYears is >= 1 and <= 100
                && FaceAd.Core.SegmentProbabilities.Segments.All(s => Math.Abs(a.Segments[s] - b.Segments[s]) < 1e-4);
        }));
    }

    static float[] Ages(double mean, double spread)
    {
        var weights = Enumerable.Range(1, 100).Select(age => Math.Exp(-Math.Pow((age - mean) / spread, 2) / 2)).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }
}
