namespace FaceAd.Bench.Evaluation;

/// <summary>
/// Percentile bootstrap intervals (B. Efron, 1979) with a fixed seed, so that the same cases always give the same interval. An
/// interval is widened where needed to contain the estimate: the calibration error of resampled cases is larger than that of the
/// cases themselves, so its plain interval can lie above its own estimate.
/// </summary>
/// <param name="Resamples">Number of resamples; 0 for no intervals.</param>
/// <param name="Seed">Seed of the resampling.</param>
sealed record Bootstrap(int Resamples = 1000, int Seed = 20240131)
{
    /// <summary>Intervals of several statistics over the same cases.</summary>
    /// <param name="count">Number of cases.</param>
    /// <param name="statistics">
    /// Functions of the weight of each case (all 1 for the original sample); each returns a number, or null when it has no value.
    /// </param>
    public Figure[] Figures(int count, params IReadOnlyList<Func<int[], double?>> statistics)
    {
        var weights = new int[count];
        Array.Fill(weights, 1);
        var values = statistics.Select(s => count == 0 ? null : s(weights)).ToArray();
        var draws = statistics.Select(_ => new List<double>(Resamples)).ToArray();
        var random = new Random(Seed);
        for (var resample = 0; resample < Resamples && count > 0; resample++)
        {
            Array.Clear(weights);
            for (var i = 0; i < count; i++) weights[random.Next(count)]++;
            for (var s = 0; s < draws.Length; s++)
            {
                if (values[s] is not null && statistics[s](weights) is { } drawn) draws[s].Add(drawn);
            }
        }
        return [.. values.Select((value, s) => Summarise(value, draws[s], count))];
    }

    static Figure Summarise(double? value, List<double> draws, int count)
    {
        if (value is not { } estimate) return Figure.None;
        if (draws.Count == 0) return new Figure(estimate, null, null, count);
        draws.Sort();
        return new Figure(estimate, Math.Min(estimate, Quantile(draws, 0.025)), Math.Max(estimate, Quantile(draws, 0.975)), count);
    }

    /// <summary>Linear interpolation between the sorted values.</summary>
    internal static double Quantile(List<double> sorted, double share)
    {
        var at = share * (sorted.Count - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
