using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Training;

/// <summary>Temperature scaling on faces that were not trained on (C. Guo et al., 2017).</summary>
static class Calibration
{
    /// <summary>
    /// Sets the temperatures of a head that minimise the negative log-likelihood of band and gender, with equal weight for each set of
    /// pictures.
    /// </summary>
    /// <param name="head">The head.</param>
    /// <param name="faces">Logits, truth and weight of each face.</param>
    public static void Fit(TrainedHead head, IReadOnlyList<(float[] Logits, int Age, bool Male, double Weight)> faces)
    {
        head.AgeTemperature = Search(t => faces.Sum(f => -f.Weight * Math.Log(BandProbability(f.Logits, f.Age, t) + 1e-12)));
        head.GenderTemperature = Search(t => faces.Sum(f => f.Weight * Softplus((f.Male ? -1 : 1) * f.Logits[^1] / t)));
    }

    /// <summary>Golden-section search between 1/3 and 3, on a logarithmic scale.</summary>
    static float Search(Func<float, double> loss)
    {
        const double Section = 0.6180339887498949;
        var (low, high) = (Math.Log(1 / 3.0), Math.Log(3));
        for (var i = 0; i < 24; i++)
        {
            var (a, b) = (high - Section * (high - low), low + Section * (high - low));
            if (loss((float)Math.Exp(a)) < loss((float)Math.Exp(b))) high = b;
            else low = a;
        }
        return (float)Math.Exp((low + high) / 2);
    }

    static double BandProbability(float[] logits, int age, float temperature)
    {
        Span<float> scaled = stackalloc float[logits.Length - 1];
        Span<float> probability = stackalloc float[scaled.Length];
        for (var i = 0; i < scaled.Length; i++) scaled[i] = logits[i] / temperature;
        HeadLoss.Softmax(scaled, probability);
        var (band, sum) = (EvaluationScores.BandOf(age), 0.0);
        for (var i = 0; i < probability.Length; i++)
        {
            if (EvaluationScores.BandOf(i + 1) == band) sum += probability[i];
        }
        return sum;
    }

    static double Softplus(double x) => x > 30 ? x : Math.Log(1 + Math.Exp(x));
}
