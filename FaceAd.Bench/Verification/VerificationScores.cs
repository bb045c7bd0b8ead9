using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Verification;

/// <summary>Scores of face verification, over the pairs with both faces found unless stated otherwise.</summary>
sealed record VerificationScores
{
    const int Folds = 10;
    static readonly double[] FalseMatchRates = [1e-2, 1e-3];

    /// <summary>Number of pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>Number of pairs of one person.</summary>
    public required int SamePairs { get; init; }

    /// <summary>Number of pairs in which a face was not found.</summary>
    public required int PairsNotFound { get; init; }

    /// <summary>
    /// Accuracy as reported for LFW: each of ten folds (pair i is in fold i mod 10) is evaluated at the best threshold of the other
    /// nine. Wilson over all pairs.
    /// </summary>
    public required Figure AccuracyTenFold { get; init; }

    /// <summary>The same over all pairs: a pair with a missed face counts as wrong. Wilson.</summary>
    public required Figure AccuracyTenFoldNotFoundWrong { get; init; }

    /// <summary>By the product's rule: deviations above the similarity of strangers, not the cosine itself.</summary>
    public required ThresholdScore Product { get; init; }

    /// <summary>At the best threshold of these same pairs; not a prediction for others.</summary>
    public required ThresholdScore Best { get; init; }

    /// <summary>True matches at false match rates of 1 in 100 and 1 in 1,000.</summary>
    public required IReadOnlyList<RateScore> AtRates { get; init; }

    /// <summary>Thresholds from .20 to .60.</summary>
    public required IReadOnlyList<ThresholdScore> Thresholds { get; init; }

    /// <summary>Computes the scores.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="productThreshold">The product's threshold in deviations; only reported.</param>
    public static VerificationScores Of(IReadOnlyList<ScoredPair> pairs, double productThreshold)
    {
        var found = pairs.Where(p => p.Similarity is not null).ToList();
        var right = TenFold(found);
        return new VerificationScores
        {
            Pairs = pairs.Count,
            SamePairs = pairs.Count(p => p.Same),
            PairsNotFound = pairs.Count - found.Count,
            AccuracyTenFold = Figure.Proportion(right, found.Count),
            AccuracyTenFoldNotFoundWrong = Figure.Proportion(right, pairs.Count),
            Product = Count(found, productThreshold, p => p.Matches),
            Best = At(found, BestThreshold(found)),
            AtRates = [.. FalseMatchRates.Select(rate => AtRate(found, rate))],
            Thresholds = [.. Enumerable.Range(4, 9).Select(i => At(found, i / 20.0))],
        };
    }

    static ThresholdScore At(List<ScoredPair> pairs, double threshold) => Count(pairs, threshold, p => p.Similarity >= threshold);

    static ThresholdScore Count(List<ScoredPair> pairs, double threshold, Func<ScoredPair, bool> matches)
    {
        var (same, matched, falsely) = (pairs.Count(p => p.Same), pairs.Count(p => p.Same && matches(p)),
            pairs.Count(p => !p.Same && matches(p)));
        var different = pairs.Count - same;
        return new ThresholdScore(
            threshold, Figure.Proportion(matched, same), Figure.Proportion(falsely, different),
            Figure.Proportion(matched + different - falsely, pairs.Count));
    }

    static RateScore AtRate(List<ScoredPair> pairs, double rate)
    {
        var different = pairs.Where(p => !p.Same).Select(p => p.Similarity!.Value).OrderDescending().ToList();
        var allowed = (int)(rate * different.Count);
        // Just above the highest similarity that must not match.
        var threshold = allowed < different.Count ? Math.BitIncrement(different[allowed]) : -1;
        return new RateScore(rate, threshold, At(pairs, threshold).TrueMatch);
    }

    static int TenFold(List<ScoredPair> pairs)
    {
        var right = 0;
        for (var fold = 0; fold < Folds; fold++)
        {
            var threshold = BestThreshold([.. pairs.Where((_, i) => i % Folds != fold)]);
            right += pairs.Where((p, i) => i % Folds == fold && p.Similarity >= threshold == p.Same).Count();
        }
        return right;
    }

    /// <summary>The most accurate threshold, midway between two similarities; lowest on ties; above 1 when nothing should match.</summary>
    static double BestThreshold(List<ScoredPair> pairs)
    {
        var sorted = pairs.OrderByDescending(p => p.Similarity).ToList();
        var right = sorted.Count(p => !p.Same);
        var (best, threshold) = (right, Math.BitIncrement(1.0));
        for (var i = 0; i < sorted.Count; i++)
        {
            right += sorted[i].Same ? 1 : -1;
            var (last, next) = (sorted[i].Similarity!.Value, i + 1 < sorted.Count ? sorted[i + 1].Similarity!.Value : -1);
            // Equal similarities match together.
            if (last == next && i + 1 < sorted.Count) continue;
            if (right >= best) (best, threshold) = (right, (last + next) / 2);
        }
        return threshold;
    }
}
