namespace FaceAd.Bench.Evaluation;

/// <summary>One case of a classification.</summary>
/// <param name="Truth">Index of the true class.</param>
/// <param name="Predicted">Index of the most likely class.</param>
/// <param name="Confidence">Probability of the most likely class, 0..1.</param>
readonly record struct ClassCase(int Truth, int Predicted, double Confidence)
{
    /// <summary>Whether the most likely class is the true one.</summary>
    public bool Right => Truth == Predicted;

    /// <summary>Creates a case from probabilities; the earlier class wins a tie.</summary>
    /// <param name="truth">Index of the true class.</param>
    /// <param name="probabilities">Probability of each class.</param>
    public static ClassCase Of(int truth, ReadOnlySpan<double> probabilities)
    {
        var top = 0;
        for (var i = 1; i < probabilities.Length; i++)
        {
            if (probabilities[i] > probabilities[top]) top = i;
        }
        return new ClassCase(truth, top, probabilities[top]);
    }
}

/// <summary>Scores of one class.</summary>
/// <param name="Name">Name of the class.</param>
/// <param name="Recall">Of the faces of this class, the share predicted as such. Wilson.</param>
/// <param name="Precision">Of the faces predicted as this class, the share that is. Wilson.</param>
sealed record ClassScore(string Name, Figure Recall, Figure Precision);

/// <summary>Scores above a confidence threshold.</summary>
/// <param name="Confidence">Minimum probability of the most likely class.</param>
/// <param name="Coverage">Share of the faces at or above it. Wilson.</param>
/// <param name="Accuracy">Share of those that are correct. Wilson.</param>
sealed record CoverageScore(double Confidence, Figure Coverage, Figure Accuracy);

/// <summary>Scores of a classification, over the pictures in which a face was found unless stated otherwise.</summary>
sealed record ClassScores
{
    /// <summary>Number of bins of the calibration error, of equal width over 0..1; a confidence of exactly 1 is in the last.</summary>
    public const int Bins = 15;

    /// <summary>The confidence thresholds reported.</summary>
    public static IReadOnlyList<double> Gates { get; } = [0.6, 0.8];

    /// <summary>Number of pictures, with and without a face found.</summary>
    public required int Pictures { get; init; }

    /// <summary>Number of pictures in which no face was found.</summary>
    public required int NotFound { get; init; }

    /// <summary>Share classified correctly. Wilson.</summary>
    public required Figure Accuracy { get; init; }

    /// <summary>Share classified correctly over all pictures: a missed face counts as wrong. Wilson.</summary>
    public required Figure AccuracyNotFoundWrong { get; init; }

    /// <summary>Mean recall of the classes that occur. Bootstrap.</summary>
    public required Figure BalancedAccuracy { get; init; }

    /// <summary>Lowest recall among the classes that occur. Bootstrap.</summary>
    public required Figure LowestRecall { get; init; }

    /// <summary>
    /// Expected calibration error (M. P. Naeini et al., 2015; C. Guo et al., 2017): over <see cref="Bins"/> bins of the top
    /// probability, the sum of (share of cases in the bin) x |accuracy - mean probability|. Biased upwards with few cases, its interval
    /// even more so. Bootstrap.
    /// </summary>
    public required Figure CalibrationError { get; init; }

    /// <summary>Scores of each class, in order.</summary>
    public required IReadOnlyList<ClassScore> Classes { get; init; }

    /// <summary>Confusion matrix: number of cases by true class (outer) and predicted class (inner).</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Confusion { get; init; }

    /// <summary>Scores at each of <see cref="Gates"/>.</summary>
    public required IReadOnlyList<CoverageScore> Coverage { get; init; }

    /// <summary>Computes the scores.</summary>
    /// <param name="names">Names of the classes.</param>
    /// <param name="cases">The faces that were found.</param>
    /// <param name="notFound">Number of pictures without a face found.</param>
    /// <param name="bootstrap">Bootstrap for the intervals of scores that are not proportions.</param>
    public static ClassScores Of(IReadOnlyList<string> names, IReadOnlyList<ClassCase> cases, int notFound, Bootstrap bootstrap)
    {
        var confusion = names.Select(_ => new int[names.Count]).ToArray();
        foreach (var one in cases) confusion[one.Truth][one.Predicted]++;
        var right = cases.Count(c => c.Right);
        var measured = bootstrap.Figures(
            cases.Count,
            [
                weights => Recalls(cases, weights, names.Count) is { Count: > 0 } recalls ? recalls.Average() : null,
                weights => Recalls(cases, weights, names.Count) is { Count: > 0 } recalls ? recalls.Min() : null,
                weights => CalibrationErrorOf(cases, weights),
            ]);
        return new ClassScores
        {
            Pictures = cases.Count + notFound,
            NotFound = notFound,
            Accuracy = Figure.Proportion(right, cases.Count),
            AccuracyNotFoundWrong = Figure.Proportion(right, cases.Count + notFound),
            BalancedAccuracy = measured[0],
            LowestRecall = measured[1],
            CalibrationError = measured[2],
            Classes = [.. names.Select((name, i) => new ClassScore(
                name, Figure.Proportion(confusion[i][i], confusion[i].Sum()),
                Figure.Proportion(confusion[i][i], confusion.Sum(row => row[i]))))],
            Confusion = confusion,
            Coverage = [.. Gates.Select(gate => CoverageOf(cases, gate))],
        };
    }

    static CoverageScore CoverageOf(IReadOnlyList<ClassCase> cases, double gate)
    {
        var kept = cases.Where(c => c.Confidence >= gate).ToList();
        return new CoverageScore(gate, Figure.Proportion(kept.Count, cases.Count), Figure.Proportion(kept.Count(c => c.Right), kept.Count));
    }

    /// <summary>Recall of each class that occurs.</summary>
    static List<double> Recalls(IReadOnlyList<ClassCase> cases, int[] weights, int classes)
    {
        Span<int> hits = stackalloc int[classes];
        Span<int> counts = stackalloc int[classes];
        hits.Clear();
        counts.Clear();
        for (var i = 0; i < weights.Length; i++)
        {
            counts[cases[i].Truth] += weights[i];
            if (cases[i].Right) hits[cases[i].Truth] += weights[i];
        }
        List<double> recalls = new(classes);
        for (var c = 0; c < classes; c++)
        {
            if (counts[c] > 0) recalls.Add((double)hits[c] / counts[c]);
        }
        return recalls;
    }

    static double? CalibrationErrorOf(IReadOnlyList<ClassCase> cases, int[] weights)
    {
        Span<double> gaps = stackalloc double[Bins];
        gaps.Clear();
        var total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            var one = cases[i];
            // Sum of (correct - confidence) over a bin = cases in it x (accuracy - mean confidence).
            gaps[Math.Min((int)(one.Confidence * Bins), Bins - 1)] += weights[i] * ((one.Right ? 1 : 0) - one.Confidence);
            total += weights[i];
        }
        if (total == 0) return null;
        var sum = 0.0;
        foreach (var gap in gaps) sum += Math.Abs(gap);
        return sum / total;
    }
}
