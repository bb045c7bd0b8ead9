using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Tracking;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference;

public sealed class TrackingTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly FaceTracker _tracker = new(TimeSpan.FromSeconds(2));

    [Fact]
    public void Update_FacesMoveALittle_KeepTheirTracksWhateverTheirOrder()
    {
        Assert.Equal([1, 2], Update(0, (100, 100), (400, 100)));
        Assert.Equal([2, 1], Update(0.5, (420, 110), (130, 90)));
        Assert.Equal([1, 3, 2], Update(1, (150, 95), (700, 100), (430, 100)));
    }

    [Fact]
    public void Update_FaceBackWithinTwoSeconds_ContinuesItsTrack()
    {
        Update(0, (100, 100));
        Update(1);
        Assert.Equal([1], Update(2, (140, 100)));
    }

    [Fact]
    public void Update_FaceBackLater_IsANewTrack()
    {
        Update(0, (100, 100));
        Update(1);
        Assert.Equal([2], Update(2.1, (100, 100)));
    }

    [Fact]
    public void Update_FaceElsewhere_IsANewTrack()
    {
        Update(0, (100, 100));
        Assert.Equal([2], Update(0.5, (500, 100)));
    }

    [Fact]
    public void Update_TwoFacesNearOneTrack_TheNearerContinuesIt()
    {
        Update(0, (100, 100));
        Assert.Equal([2, 1], Update(0.5, (160, 100), (105, 100)));
    }

    [Fact]
    public void Update_MoreFacesThanTracks_LeavesTheRestWithoutOne()
    {
        var faces = Enumerable.Range(0, FaceTracker.MaxTracks + 3).Select(i => (i * 300, 100)).ToArray();

        var ids = Update(0, faces);

        Assert.Equal(Enumerable.Range(1, FaceTracker.MaxTracks), ids.Where(id => id > 0));
        Assert.Equal(3, ids.Count(id => id == 0));
    }

    [Fact]
    public void Update_AnyFaces_GivesEachFaceADifferentTrack()
    {
        var scene = Gen.Choose(0, 900).Two().Select(p => (p.Item1, p.Item2)).ListOf().ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(scene.ToArbitrary(), frames =>
        {
            var tracker = new FaceTracker(TimeSpan.FromSeconds(2));
            var at = Start;
            foreach (var frame in frames)
            {
                at += TimeSpan.FromSeconds(0.5);
                var ids = Update(tracker, at, [.. frame.Take(FaceFrame.MaxFaces)]);
                var given = ids.Where(id => id > 0).ToList();
                if (given.Distinct().Count() != given.Count || given.Count > FaceTracker.MaxTracks) return false;
            }
            return true;
        }));
    }

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

        var bound = Math.Pow(0.7, EstimateFusion.MostSharpening) / (Math.Pow(0.7, EstimateFusion.MostSharpening) + Math.Pow(0.3, EstimateFusion.MostSharpening));
        Assert.InRange(fusion.Current!.Value.Male, 0.7, bound + 1e-6);
        Assert.True(fusion.Current.Value.Segments.Confidence < 0.75);
    }

    [Fact]
    public void Add_FramesOfNoWeight_ChangeNothing()
    {
        var frame = Gen.Choose(1, 100).SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(0, 100).SelectMany(male => Gen.Choose(0, 3)
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
        var frame = Gen.Choose(1, 100).SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(1, 99).SelectMany(male => Gen.Choose(2, 50)
            .Select(times => (Age: age, Spread: spread, Male: male / 100.0, Times: times)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(frame.ToArbitrary(), f =>
        {
            var fusion = new EstimateFusion(AgeBands.Default, 100);
            for (var i = 0; i < f.Times; i++) fusion.Add(Ages(f.Age, f.Spread), f.Male, 0.7);
            var odds = Math.Pow(f.Male / (1 - f.Male), EstimateFusion.MostSharpening);
            var bound = odds / (1 + odds);
            return fusion.Current!.Value.Male >= Math.Min(f.Male, bound) - 1e-9 && fusion.Current.Value.Male <= Math.Max(f.Male, bound) + 1e-9;
        }));
    }

    [Fact]
    public void Add_AnyFramesInAnyOrder_IsTheSameDistribution()
    {
        var frame = Gen.Choose(1, 100).SelectMany(age => Gen.Choose(1, 20).SelectMany(spread => Gen.Choose(0, 100).SelectMany(male => Gen.Choose(1, 100)
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

    [Theory]
    [InlineData(18, 1, 0, 0, 0, 1)]
    [InlineData(19, 1, 0, 0, 0, 0)]
    [InlineData(20, 0, 1, 0, 0, 0)]
    [InlineData(39, 0, 1, 0, 0, 0)]
    [InlineData(40, 0, 0, 1, 0, 0)]
    [InlineData(59, 0, 0, 1, 0, 0)]
    [InlineData(60, 0, 0, 0, 1, 0)]
    [InlineData(100, 0, 0, 0, 1, 0)]
    public void Estimate_CertainAge_FallsIntoItsBand(int age, double kids, double young, double middle, double silver, double child)
    {
        var ages = new float[100];
        ages[age - 1] = 1;

        var estimate = AgeBands.Default.Estimate(ages, 0.25);

        Assert.Equal(new BandProbabilities(kids, young, middle, silver), estimate.Bands);
        Assert.Equal(child, estimate.Child);
        Assert.Equal(age, estimate.AgeYears, 6);
        Assert.Equal(young * 0.25, estimate.Segments.Men2030);
        Assert.Equal(young * 0.75, estimate.Segments.Women2030);
        Assert.True(estimate.Segments.IsDistribution);
    }

    static float[] Ages(double mean, double spread)
    {
        var weights = Enumerable.Range(1, 100).Select(age => Math.Exp(-Math.Pow((age - mean) / spread, 2) / 2)).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }

    static int[] Update(FaceTracker tracker, DateTimeOffset at, (int X, int Y)[] places)
    {
        var faces = places.Select(p => new Face(new FaceBox(p.X, p.Y, 80, 100), 0.9f, default, 1)).ToArray();
        var ids = new int[faces.Length];
        tracker.Update(at, faces, ids);
        return ids;
    }

    int[] Update(double seconds, params (int X, int Y)[] places) => Update(_tracker, Start + TimeSpan.FromSeconds(seconds), places);
}
