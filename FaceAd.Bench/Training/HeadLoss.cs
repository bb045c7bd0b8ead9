using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Training;

/// <summary>
/// Training loss of the head for one face: cross-entropy of the ages to a Gaussian around the true age + cross-entropy of the band +
/// cross-entropy of the gender. Replaces the logits by the gradient.
/// </summary>
static class HeadLoss
{
    /// <summary>Upper ends of the bands kids, 2030 and 4050 (years, exclusive).</summary>
    static readonly int[] Cuts = [20, 40, 60];

    /// <summary>Weight of the gender loss at ages where gender is hard to tell.</summary>
    const float YoungGender = 0.3f;

    /// <param name="logits">One per age, entry i for i + 1 years, then one for a man; receives the gradient.</param>
    /// <param name="age">True age in years.</param>
    /// <param name="male">Whether a man or boy.</param>
    /// <param name="weight">Weight of the face.</param>
    /// <param name="training">Settings of the training.</param>
    /// <returns>The loss.</returns>
    public static float Gradient(Span<float> logits, int age, bool male, float weight, HeadTraining training)
    {
        var ages = logits.Length - 1;
        Span<float> probability = stackalloc float[ages];
        Span<float> wanted = stackalloc float[ages];
        Softmax(logits[..ages], probability);
        Bell(wanted, age, training.AgeSpread);
        var (low, high) = Band(age, ages);
        var inBand = 1e-6f;
        for (var i = low; i < high; i++) inBand += probability[i];
        var loss = -MathF.Log(inBand);
        for (var i = 0; i < ages; i++)
        {
            if (wanted[i] > 1e-8f) loss -= wanted[i] * MathF.Log(probability[i] + 1e-12f);
            // The derivative of -log(sum over the band) by a logit is p - p/sum within the band, p outside.
            var band = probability[i] - (i >= low && i < high ? probability[i] / inBand : 0);
            logits[i] = weight * (probability[i] - wanted[i] + band);
        }
        var share = age < training.GenderFrom ? YoungGender : 1;
        var man = 1 / (1 + MathF.Exp(-logits[ages]));
        loss -= share * MathF.Log((male ? man : 1 - man) + 1e-12f);
        logits[ages] = weight * share * (man - (male ? 1 : 0));
        return weight * loss;
    }

    /// <summary>Softmax, safe for large inputs.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> probability)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = MathF.Max(largest, logit);
        var sum = 0f;
        for (var i = 0; i < logits.Length; i++) sum += probability[i] = MathF.Exp(logits[i] - largest);
        for (var i = 0; i < logits.Length; i++) probability[i] /= sum;
    }

    static void Bell(Span<float> wanted, int age, float spread)
    {
        var centre = Math.Clamp(age, 1, wanted.Length);
        var sum = 0f;
        for (var i = 0; i < wanted.Length; i++)
        {
            var distance = (i + 1 - centre) / spread;
            sum += wanted[i] = MathF.Exp(-distance * distance / 2);
        }
        foreach (ref var one in wanted) one /= sum;
    }

    /// <summary>Range of age entries in the same band: from inclusive, to exclusive.</summary>
    static (int Low, int High) Band(int age, int ages)
    {
        var band = EvaluationScores.BandOf(age);
        return (band == 0 ? 0 : Cuts[band - 1] - 1, band == Cuts.Length ? ages : Cuts[band] - 1);
    }
}
