using FaceAd.Bench.Evaluation;
using FaceAd.Models;

namespace FaceAd.Bench.Training;

/// <summary>A trained network with the standardisation of its features and the temperatures that calibrate it.</summary>
sealed class TrainedHead(HeadNetwork network, float[] mean, float[] scale)
{
    const int Ages = 100;

    /// <summary>Divisor of the age logits (C. Guo et al., 2017).</summary>
    public float AgeTemperature { get; set; } = 1;

    /// <summary>Divisor of the logit of a man.</summary>
    public float GenderTemperature { get; set; } = 1;

    /// <summary>Trains a head.</summary>
    /// <param name="samples">Samples with a face.</param>
    /// <param name="training">Settings of the training.</param>
    /// <param name="progress">Receives the mean loss after each epoch.</param>
    /// <param name="cancellation">Cancels the training.</param>
    public static TrainedHead Train(
        IReadOnlyList<HeadSample> samples, HeadTraining training, Action<string> progress, CancellationToken cancellation)
    {
        var random = new Random(training.Seed);
        var (mean, scale) = Standardise(samples);
        var network = new HeadNetwork(mean.Length, training.Hidden, Ages + 1, training.Decay, random);
        var head = new TrainedHead(network, mean, scale);
        var weights = WeightsOf(samples, training);
        var items = samples.SelectMany((s, i) => s.Views.Select(view => (Sample: i, View: view))).ToArray();
        var perEpoch = items.Length / training.Batch;
        if (perEpoch == 0) throw new LabelException($"{items.Length} views of faces are too few to train on. Give more pictures.");
        var batch = new float[training.Batch * network.Inputs];
        var keep = new float[training.Batch * network.Hidden];
        for (var epoch = 0; epoch < training.Epochs; epoch++)
        {
            random.Shuffle(items);
            var loss = 0.0;
            for (var step = 0; step < perEpoch; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                var chosen = items.AsMemory(step * training.Batch, training.Batch);
                for (var i = 0; i < training.Batch; i++) head.Standard(
                    chosen.Span[i].View, batch.AsSpan(i * network.Inputs, network.Inputs));
                Drop(batch, training.FeatureDropout, random);
                Array.Fill(keep, 1);
                Drop(keep, training.HiddenDropout, random);
                network.Train(batch, training.Batch, keep, logits =>
                    loss += Gradients(logits, chosen.Span), RateAt(training, epoch * perEpoch + step, training.Epochs * perEpoch));
            }
            progress(FormattableString.Invariant($"epoch {epoch + 1}/{training.Epochs}, loss {loss / perEpoch:F3}"));
        }
        return head;

        double Gradients(float[] logits, ReadOnlySpan<(int Sample, float[] View)> chosen)
        {
            var sum = 0.0;
            for (var i = 0; i < chosen.Length; i++)
            {
                var sample = samples[chosen[i].Sample];
                sum += HeadLoss.Gradient(
                    logits.AsSpan(i * (Ages + 1), Ages + 1), sample.Age, sample.Male, weights[chosen[i].Sample] / chosen.Length, training);
            }
            return sum;
        }
    }

    /// <summary>Logits before the temperatures: one row per face, with 100 ages and a man.</summary>
    /// <param name="views">Features of each face.</param>
    public float[][] Logits(IReadOnlyList<float[]> views)
    {
        var batch = new float[views.Count * network.Inputs];
        for (var i = 0; i < views.Count; i++) Standard(views[i], batch.AsSpan(i * network.Inputs, network.Inputs));
        var logits = network.Predict(batch, views.Count);
        return [.. Enumerable.Range(0, views.Count).Select(i => logits[(i * (Ages + 1))..((i + 1) * (Ages + 1))])];
    }

    /// <summary>Converts a row of logits into a prediction.</summary>
    public Prediction Predict(float[] logits, int age, bool male)
    {
        var scaled = new float[Ages];
        for (var i = 0; i < Ages; i++) scaled[i] = logits[i] / AgeTemperature;
        var ages = new float[Ages];
        HeadLoss.Softmax(scaled, ages);
        return new Prediction(age, male, ages, 1 / (1 + Math.Exp(-logits[Ages] / GenderTemperature)));
    }

    /// <summary>The head as an ONNX model: standardisation and temperatures are part of its weights.</summary>
    /// <param name="features">Names and lengths of its inputs.</param>
    public byte[] ToOnnx(IReadOnlyList<(string Name, int Length)> features)
    {
        var (weights, bias) = network.HiddenLayer;
        var (hidden, moved) = ((float[])weights.Clone(), (float[])bias.Clone());
        for (var i = 0; i < network.Inputs; i++)
        {
            for (var h = 0; h < network.Hidden; h++)
            {
                var at = i * network.Hidden + h;
                hidden[at] *= scale[i];
                moved[h] -= mean[i] * hidden[at];
            }
        }
        var (last, lastBias) = ((float[])network.OutputLayer.Weights.Clone(), (float[])network.OutputLayer.Bias.Clone());
        for (var i = 0; i < last.Length; i++) last[i] /= i % (Ages + 1) == Ages ? GenderTemperature : AgeTemperature;
        for (var i = 0; i <= Ages; i++) lastBias[i] /= i == Ages ? GenderTemperature : AgeTemperature;
        return HeadToOnnx.Convert(
            features, new DenseLayer(network.Inputs, network.Hidden, hidden, moved),
            new DenseLayer(network.Hidden, Ages + 1, last, lastBias));
    }

    void Standard(float[] view, Span<float> into)
    {
        for (var i = 0; i < view.Length; i++) into[i] = (view[i] - mean[i]) * scale[i];
    }

    static void Drop(float[] values, float share, Random random)
    {
        var kept = 1 / (1 - share);
        for (var i = 0; i < values.Length; i++) values[i] = random.NextSingle() < share ? 0 : values[i] * kept;
    }

    static float RateAt(HeadTraining training, int step, int steps)
    {
        var warm = Math.Max(1, steps / 10);
        if (step < warm) return training.Rate * (step + 1) / warm;
        return training.Rate * (1 + MathF.Cos(MathF.PI * (step - warm) / (steps - warm))) / 2;
    }

    static (float[] Mean, float[] Scale) Standardise(IReadOnlyList<HeadSample> samples)
    {
        var length = samples[0].Views[0].Length;
        var (sum, squares) = (new double[length], new double[length]);
        foreach (var sample in samples)
        {
            for (var i = 0; i < length; i++)
            {
                var value = (double)sample.Views[0][i];
                sum[i] += value;
                squares[i] += value * value;
            }
        }
        var (mean, scale) = (new float[length], new float[length]);
        for (var i = 0; i < length; i++)
        {
            var centre = sum[i] / samples.Count;
            mean[i] = (float)centre;
            scale[i] = (float)(1 / (Math.Sqrt(Math.Max(0, squares[i] / samples.Count - centre * centre)) + 1e-3));
        }
        return (mean, scale);
    }

    /// <summary>Weight of each face, 1 on average.</summary>
    static float[] WeightsOf(IReadOnlyList<HeadSample> samples, HeadTraining training)
    {
        var sets = samples.GroupBy(s => s.Set).ToDictionary(g => g.Key, g => g.Count());
        var bands = samples.GroupBy(s => (s.Set, Band: EvaluationScores.BandOf(s.Age))).ToDictionary(g => g.Key, g => g.Count());
        float[] weights = [.. samples.Select(s =>
            MathF.Pow(sets[s.Set] / 4f / bands[(s.Set, EvaluationScores.BandOf(s.Age))], training.Balance)
            * (s.Set < training.SetWeights.Count ? training.SetWeights[s.Set] : 1))];
        var mean = weights.Average();
        return [.. weights.Select(w => w / mean)];
    }
}
