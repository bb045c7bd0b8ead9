using FaceAd.Bench.Detection;
using FaceAd.Bench.Evaluation;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Detection;

public sealed class DetectionMatchTests
{
    static readonly FaceBox Face = new(100, 100, 50, 60);

    [Fact]
    public void Judge_TwoBoxesOnOneFace_TheSurerOneFindsItTheOtherIsAMistake()
    {
        var judged = DetectionMatch.Judge([new LabelledFace(Face)], [new(Face, 0.8f), new(Face with { X = 103 }, 0.9f)]);

        Assert.Equal([(0.9f, true, false), (0.8f, false, true)], judged.Select(j => (j.Score, j.Hit, j.IsFalse)));
    }

    [Fact]
    public void Judge_OverlapOfExactlyHalf_IsFound()
    {
        var half = new FaceBox(100, 100, 50, 30);

        Assert.True(Assert.Single(DetectionMatch.Judge([new LabelledFace(Face)], [new(half, 0.9f)])).Hit);
        Assert.Equal(2, DetectionMatch.Judge([new LabelledFace(Face)], [new(half with { Height = 29 }, 0.9f)]).Count);
    }

    [Fact]
    public void Judge_IgnoredFace_FoundOrNotIsNothing()
    {
        LabelledFace[] truth = [new(Face, Ignored: true)];

        Assert.Empty(DetectionMatch.Judge(truth, []));
        Assert.Empty(DetectionMatch.Judge(truth, [new(Face, 0.9f), new(Face, 0.8f)]));
    }

    [Fact]
    public void Judge_FaceNotFound_IsKeptWithItsHeight()
    {
        var missed = Assert.Single(DetectionMatch.Judge([new LabelledFace(Face, OddPose: true)], []));

        Assert.Equal((false, false, 60f, true), (missed.Hit, missed.IsFalse, missed.Height, missed.OddPose));
    }

    [Fact]
    public void BySize_WorkedExample_GivesTheFigures()
    {
        // 40-80 px: two faces, one found, one wrong box. 80 px and more: one face, found. Below 20: one face, found.
        List<IReadOnlyList<Judged>> pictures =
        [
            [new(0.9f, true, 60, 0, true), new(0.8f, false, 50, -1, false), new(float.NegativeInfinity, false, 79, 1, true)],
            [new(0.95f, true, 80, 0, false), new(0.7f, true, 19, 1, false)],
        ];

        var sizes = DetectionScores.BySize(pictures);

        Assert.Equal(["< 20 px", "20-40 px", "40-80 px", ">= 80 px", ">= 20 px"], sizes.Select(s => s.Name));
        Assert.Equal([1, null, 0.5, 1, 2 / 3.0], sizes.Select(s => s.Precision.Value));
        Assert.Equal([1, null, 0.5, 1, 2 / 3.0], sizes.Select(s => s.Recall.Value));
        Assert.Equal((0.5, 2), (DetectionScores.OddPose(pictures).Value, DetectionScores.OddPose(pictures).Count));
    }

    [Fact]
    public void Sweep_WorkedExample_TakesTheLowestThresholdThatIsPreciseEnough()
    {
        List<IReadOnlyList<Judged>> pictures =
        [
            [new(0.9f, true, 60, 0, false), new(0.8f, false, 60, -1, false), new(0.7f, true, 60, 1, false), new(0.6f, true, 60, 2, false)],
            [new(0.5f, false, 60, -1, false), new(0.4f, false, 15, -1, false), new(float.NegativeInfinity, false, 60, 0, false)],
        ];

        // 0.75 is reached at 0.9 (1 of 1), and again at 0.6 (3 of 4). The box of 15 px does not count.
        Assert.Equal((0.6f, 0.75), new PrecisionSweep(pictures).At(0.75, [1, 1]));
        Assert.Equal((0.9f, 0.25), new PrecisionSweep(pictures).At(0.8, [1, 1]));
        Assert.Equal((0.6f, 1.0), new PrecisionSweep(pictures).At(0.75, [1, 0]));
        Assert.Equal((null, 0.0), new PrecisionSweep(pictures).At(0.75, [0, 1]));
        var sweep = DetectionScores.Sweep(pictures, 0.75, new Bootstrap(100));
        Assert.Equal((0.75, 4), (sweep.Recall.Value, sweep.Recall.Count));
        Assert.Equal(sweep, DetectionScores.Sweep(pictures, 0.75, new Bootstrap(100)));
    }

    [Fact]
    public void Judge_RandomBoxes_EqualsTheNaiveTwin() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            FaceBox Box() => new(random.Next(60), random.Next(60), random.Next(15, 50), random.Next(15, 50));
            var truth = Enumerable.Range(0, random.Next(5)).Select(_ => new LabelledFace(Box(), random.Next(4) == 0)).ToList();
            var found = Enumerable.Range(0, random.Next(7)).Select(i => new DetectedFace(Box(), i / 10f)).ToList();
            var judged = DetectionMatch.Judge(truth, found);

            // Plainly: remove what was taken from a list, one box after the other.
            var (open, hits, mistakes) = (truth.Where(t => !t.Ignored).ToList(), 0, 0);
            foreach (var box in found.OrderByDescending(f => f.Score))
            {
                var near = open.Where(t => t.Box.IntersectionOverUnion(box.Box) >= 0.5f).ToList();
                if (near.Count > 0)
                {
                    hits++;
                    open.Remove(near.MaxBy(t => t.Box.IntersectionOverUnion(box.Box)));
                }
                else if (!truth.Any(t => t.Ignored && t.Box.IntersectionOverUnion(box.Box) >= 0.5f))
                {
                    mistakes++;
                }
            }
            return (judged.Count(j => j.Hit), judged.Count(j => j.IsFalse), judged.Count(j => !j.Hit && !j.IsFalse)) == (hits,
                mistakes, open.Count);
        }).QuickCheckThrowOnFailure();
}
