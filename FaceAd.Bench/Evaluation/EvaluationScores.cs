using FaceAd.Core;
using FaceAd.Inference;

namespace FaceAd.Bench.Evaluation;

/// <summary>
/// Scores of an evaluation, from predictions in memory; printed by <c>./bench evaluate</c> and used to judge training. Bands: kids,
/// 2030, 4050, silver, cut at 20, 40 and 60 years; a face is assigned the band with the largest sum of its age distribution.
/// <b>Definition A</b> (that of source system S1): pictures with a true age of 9 to 19 are left out, so kids are 0 to 8; cuts and
/// argmax are the same. <b>Definition B</b>: all pictures, kids are 0 to 19. The six segments split 2030 and 4050 by gender
/// (definition B), as the product does.
/// </summary>
sealed record EvaluationScores
{
    /// <summary>Names of the four bands, in order.</summary>
    public static IReadOnlyList<string> BandNames { get; } = ["kids", "2030", "4050", "silver"];

    /// <summary>Names of the six segments, in order.</summary>
    public static IReadOnlyList<string> SegmentNames { get; } = [.. SegmentProbabilities.Segments.Select(s => s.ToString())];

    /// <summary>Number of labelled pictures.</summary>
    public required int Pictures { get; init; }

    /// <summary>Number of pictures in which no face was found.</summary>
    public required int NotFound { get; init; }

    /// <summary>Four bands, definition A.</summary>
    public required ClassScores BandsA { get; init; }

    /// <summary>Four bands, definition B.</summary>
    public required ClassScores BandsB { get; init; }

    /// <summary>Six segments, definition B.</summary>
    public required ClassScores Segments { get; init; }

    /// <summary>Gender: a man from a probability of .5. Wilson.</summary>
    public required Figure Gender { get; init; }

    /// <summary>Gender over all pictures: a missed face counts as wrong. Wilson.</summary>
    public required Figure GenderNotFoundWrong { get; init; }

    /// <summary>Gender for true ages of 20 to 59. Wilson.</summary>
    public required Figure GenderAt20To59 { get; init; }

    /// <summary>Mean of |expected age - true age| in years. Bootstrap.</summary>
    public required Figure MeanAbsoluteError { get; init; }

    /// <summary>Computes the scores.</summary>
    /// <param name="predictions">One per labelled picture.</param>
    /// <param name="bootstrap">Bootstrap for the intervals of scores that are not proportions; 1,000 resamples when null.</param>
    public static EvaluationScores Of(IReadOnlyList<Prediction> predictions, Bootstrap? bootstrap = null)
    {
        bootstrap ??= new Bootstrap();
        var found = predictions.Where(p => p.Found).ToList();
        var estimates = found.ConvertAll(p => AgeBands.Default.Estimate(p.Ages, p.MaleProbability));
        var notFound = predictions.Count - found.Count;
        var bands = found.Select((p, i) => (p.Age, Case: BandCase(p, estimates[i]))).ToList();
        var adults = found.Where(p => p.Age is >= 20 and <= 59).ToList();
        var errors = found.Select((p, i) => Math.Abs(estimates[i].AgeYears - p.Age)).ToArray();
        return new EvaluationScores
        {
            Pictures = predictions.Count,
            NotFound = notFound,
            BandsA = ClassScores.Of(
                BandNames, [.. bands.Where(b => IsInA(b.Age)).Select(b => b.Case)],
                predictions.Count(p => !p.Found && IsInA(p.Age)), bootstrap),
            BandsB = ClassScores.Of(BandNames, [.. bands.Select(b => b.Case)], notFound, bootstrap),
            Segments = ClassScores.Of(SegmentNames, [.. found.Select((p, i) => SegmentCase(p, estimates[i]))], notFound, bootstrap),
            Gender = Figure.Proportion(found.Count(GenderIsRight), found.Count),
            GenderNotFoundWrong = Figure.Proportion(found.Count(GenderIsRight), predictions.Count),
            GenderAt20To59 = Figure.Proportion(adults.Count(GenderIsRight), adults.Count),
            MeanAbsoluteError = bootstrap.Figures(errors.Length, weights => WeightedMean(errors, weights))[0],
        };
    }

    /// <summary>Whether definition A includes a true age.</summary>
    /// <param name="age">True age in years.</param>
    public static bool IsInA(int age) => age is < 9 or > 19;

    /// <summary>Index of the band of a true age.</summary>
    /// <param name="age">Years.</param>
    public static int BandOf(int age) => age < 20 ? 0 : age < 40 ? 1 : age < 60 ? 2 : 3;

    /// <summary>Index of the segment of a true age and gender.</summary>
    /// <param name="age">Years.</param>
    /// <param name="male">Whether a man.</param>
    public static int SegmentOf(int age, bool male) => BandOf(age) switch
    {
        0 => 0,
        1 => male ? 1 : 2,
        2 => male ? 3 : 4,
        _ => 5,
    };

    static bool GenderIsRight(Prediction p) => p.MaleProbability >= 0.5 == p.Male;

    static ClassCase BandCase(Prediction p, FaceEstimate estimate) =>
        ClassCase.Of(BandOf(p.Age), [estimate.Bands.Kids, estimate.Bands.Age2030, estimate.Bands.Age4050, estimate.Bands.Silver]);

    static ClassCase SegmentCase(Prediction p, FaceEstimate estimate)
    {
        var segments = estimate.Segments;
        return ClassCase.Of(
            SegmentOf(p.Age, p.Male),
            [segments.Kids, segments.Men2030, segments.Women2030, segments.Men4050, segments.Women4050, segments.Silver]);
    }

    static double? WeightedMean(double[] values, int[] weights)
    {
        var (sum, total) = (0.0, 0);
        for (var i = 0; i < values.Length; i++)
        {
            sum += weights[i] * values[i];
            total += weights[i];
        }
        return total == 0 ? null : sum / total;
    }
}
