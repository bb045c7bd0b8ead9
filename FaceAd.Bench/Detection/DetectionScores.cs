using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Detection;

/// <summary>Scores of face detection.</summary>
static class DetectionScores
{
    const int Folds = 10;

    /// <summary>Precision and recall by size, at the detector's own thresholds.</summary>
    /// <param name="pictures">Outcomes for the boxes and faces of each picture.</param>
    public static List<SizeScores> BySize(IReadOnlyList<IReadOnlyList<Judged>> pictures) =>
        [.. SizeGroup.All.Append(SizeGroup.Counted).Select(group =>
        {
            var own = pictures.SelectMany(p => p).Where(j => group.Holds(j.Height)).ToList();
            return new SizeScores(group.Name, Precision(own), Recall(own));
        })];

    /// <summary>Recall of turned faces of sizes that count.</summary>
    /// <param name="pictures">Outcomes for the boxes and faces of each picture.</param>
    public static Figure OddPose(IReadOnlyList<IReadOnlyList<Judged>> pictures) =>
        Recall([.. pictures.SelectMany(p => p).Where(j => j.OddPose && SizeGroup.Counted.Holds(j.Height))]);

    /// <summary>Recall at a precision.</summary>
    /// <param name="pictures">Outcomes for the boxes and faces of each picture, with thresholds so low that no box is cut off.</param>
    /// <param name="precision">The target precision, 0..1.</param>
    /// <param name="bootstrap">Bootstrap for the intervals.</param>
    public static SweepScores Sweep(IReadOnlyList<IReadOnlyList<Judged>> pictures, double precision, Bootstrap bootstrap)
    {
        var sweep = new PrecisionSweep(pictures);
        var all = Enumerable.Repeat(1, pictures.Count).ToArray();
        var recall = bootstrap.Figures(pictures.Count, weights => sweep.At(precision, weights).Recall)[0];
        var count = pictures.SelectMany(p => p).Count(j => !j.IsFalse && SizeGroup.Critical.Holds(j.Height));
        var (heldOutRecall, heldOutPrecision) = HeldOut(pictures, sweep, precision, bootstrap.Seed);
        return new SweepScores(
            precision, sweep.At(precision, all).Threshold, recall with { Count = count }, heldOutRecall, heldOutPrecision);
    }

    /// <summary>Evaluates each tenth of the pictures at a threshold chosen on the other nine.</summary>
    static (Figure Recall, Figure Precision) HeldOut(
        IReadOnlyList<IReadOnlyList<Judged>> pictures, PrecisionSweep sweep, double precision, int seed)
    {
        var order = Enumerable.Range(0, pictures.Count).ToArray();
        new Random(seed).Shuffle(order);
        List<Judged> judged = [];
        for (var fold = 0; fold < Folds; fold++)
        {
            var weights = new int[pictures.Count];
            for (var i = 0; i < order.Length; i++) weights[order[i]] = i % Folds == fold ? 0 : 1;
            var threshold = sweep.At(precision, weights).Threshold ?? float.PositiveInfinity;
            foreach (var picture in order.Where((_, i) => i % Folds == fold))
            {
                // Below the threshold, a hit becomes a miss, and a false positive disappears.
                foreach (var one in pictures[picture].Where(j => SizeGroup.Counted.Holds(j.Height)))
                {
                    if (one.Score >= threshold) judged.Add(one);
                    else if (!one.IsFalse) judged.Add(one with { Hit = false });
                }
            }
        }
        return (Recall(judged.FindAll(j => SizeGroup.Critical.Holds(j.Height))), Precision(judged));
    }

    static Figure Precision(List<Judged> judged) => Figure.Proportion(judged.Count(j => j.Hit), judged.Count(j => j.Hit || j.IsFalse));

    static Figure Recall(List<Judged> judged) => Figure.Proportion(judged.Count(j => j.Hit), judged.Count(j => !j.IsFalse));
}
