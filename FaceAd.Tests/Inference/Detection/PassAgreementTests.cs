using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference.Detection;

public sealed class PassAgreementTests
{
    const int Width = 800, Height = 600;
    static readonly SearchPass Whole = new(new FaceBox(0, 0, Width, Height));
    static readonly SearchPass Left = new(new FaceBox(0, 0, 500, 375));
    static readonly SearchPass Right = new(new FaceBox(300, 0, 500, 375));
    static readonly FaceBox Face = new(100, 100, 50, 60);

    [Fact]
    public void Join_SeenByEveryRunThatCould_IsTheMeanOfItsScores()
    {
        // The right tile does not hold the face: it has no vote.
        var face = Assert.Single(Join([Whole, Left, Right], new(Face, 0.7f, 0), new(Face with { X = 104 }, 0.9f, 1)));

        Assert.Equal(0.8f, face.Score, 5);
        Assert.Equal((2, 104f), (face.Votes, face.Box.X));
    }

    [Fact]
    public void Join_SeenByOneOfTwo_CountsTheMissAsZero()
    {
        var face = Assert.Single(Join([Whole, Left], new PassFace(Face, 0.9f, 1)));

        Assert.Equal(0.45f, face.Score, 5);
        Assert.Equal(2, face.Votes);
    }

    [Fact]
    public void Join_FaceTooSmallForTheWholePicture_IsNotExpectedThere()
    {
        var small = new FaceBox(100, 100, 18, 24); // 24 of 600 rows; 24 of 375 rows of the tile

        var face = Assert.Single(Join([Whole, Left], new PassFace(small, 0.9f, 1)));

        Assert.Equal((0.9f, 1), (face.Score, face.Votes));
    }

    [Fact]
    public void Join_WhereATrackWasLost_MissesProveNothing()
    {
        var around = new SearchPass(SearchRegions.Around(Face, 4 / 3f), Expected: true);

        var found = Assert.Single(Join([Whole, around], new PassFace(Face, 0.8f, 1)));
        var missed = Assert.Single(Join([Whole, around], new PassFace(Face, 0.8f, 0)));

        Assert.Equal((0.8f, 1), (found.Score, found.Votes));
        Assert.Equal((0.4f, 2), (missed.Score, missed.Votes));
    }

    [Fact]
    public void Join_BoxInsideAnother_IsTheSameFace()
    {
        var nose = new FaceBox(115, 120, 20, 22);

        Assert.Equal(Face, Assert.Single(Join([Whole], new(Face, 0.9f, 0), new(nose, 0.8f, 0))).Box);
    }

    [Fact]
    public void Covers_BoxAtABorder_OnlyThePicturesOwnBorderMayBeTouched()
    {
        Assert.True(Left.Covers(new FaceBox(0, 0, 50, 60), Width, Height));
        Assert.False(Left.Covers(new FaceBox(450, 100, 50, 60), Width, Height));
        Assert.True(Right.Covers(new FaceBox(750, 100, 50, 60), Width, Height));
        Assert.False(Right.Covers(new FaceBox(301, 100, 50, 60), Width, Height));
    }

    [Theory]
    [InlineData(1018031383)] // two means that are alike
    public void Join_KnownHardBoxes_EqualsTheNaiveTwin(int seed) => Assert.True(EqualsTheNaiveTwin(seed));

    [Fact]
    public void Join_RandomBoxes_EqualsTheNaiveTwinInAnyOrder() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), EqualsTheNaiveTwin).QuickCheckThrowOnFailure();

    static bool EqualsTheNaiveTwin(int seed)
    {
        var random = new Random(seed);
        SearchPass[] passes = [Whole, Left, Right, new(new FaceBox(50, 50, 400, 300), Expected: random.Next(2) == 0)];
        var seen = Enumerable.Range(0, random.Next(1, 30)).Select(i => new PassFace(
            new FaceBox(random.Next(300), random.Next(250), random.Next(10, 160), random.Next(10, 160)),
            // No two scores alike: who leads is never a matter of taste.
            (random.Next(30, 99) + i / 64f) / 100, random.Next(passes.Length))).ToArray();
        var expected = Naive(passes, seen);
        var once = Join(passes, seen);
        random.Shuffle(seen);
        var twice = Join(passes, seen);

        return once.SequenceEqual(twice) && once.Count == expected.Count
            && once.Zip(expected).All(p => p.First.Box == p.Second.Box && MathF.Abs(p.First.Score - p.Second.Score) < 1e-5f
                && p.First.Votes == p.Second.Votes)
            && once.All(f => f.Score is > 0 and <= 1);
    }

    /// <summary>The same rules, written down plainly; single precision, so that a bound is met or missed by both.</summary>
    static List<AgreedFace> Naive(SearchPass[] passes, PassFace[] seen)
    {
        var left = seen.OrderByDescending(s => s.Score).ToList();
        List<AgreedFace> faces = [];
        while (left.Count > 0)
        {
            var leader = left[0];
            var group = left.Where(s => s == leader || s.Box.IntersectionOverUnion(leader.Box) > 0.4f).ToList();
            left.RemoveAll(group.Contains);
            float Vote(int pass) => group.Where(s => s.Pass == pass).Select(s => s.Score).DefaultIfEmpty(0).Max();
            var expected = Enumerable.Range(0, passes.Length).Any(p => passes[p].Expected && Vote(p) > 0);
            var voters = Enumerable.Range(0, passes.Length)
                .Where(p => Vote(p) > 0 || (!expected && passes[p].OughtToSee(leader.Box, Width, Height))).ToList();
            faces.Add(new AgreedFace(leader.Box, voters.Aggregate(0f, (sum, p) => sum + Vote(p)) / voters.Count, voters.Count));
        }
        List<AgreedFace> kept = [];
        foreach (var face in faces.OrderByDescending(f => f.Score).ThenBy(f => f.Box.X).ThenBy(f => f.Box.Y))
        {
            if (kept.All(k => k.Box.IntersectionOverUnion(face.Box) <= 0.4f
                && Shared(k.Box, face.Box) / Math.Min(k.Box.Area, face.Box.Area) <= 0.7f))
                kept.Add(face);
        }
        return kept;
    }

    static float Shared(FaceBox a, FaceBox b) =>
        Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X)) * Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y));

    static List<AgreedFace> Join(SearchPass[] passes, params PassFace[] seen)
    {
        var faces = new AgreedFace[seen.Length];
        return [.. faces.AsSpan(0, PassAgreement.Join(passes, (PassFace[])seen.Clone(), Width, Height, faces))];
    }
}
