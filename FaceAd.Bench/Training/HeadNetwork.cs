using System.Numerics.Tensors;

namespace FaceAd.Bench.Training;

/// <summary>
/// The network of the head: features, a hidden layer with ReLU and dropout, one logit per age and one for a man. Trained with AdamW
/// (I. Loshchilov and F. Hutter, 2019). The same seed gives the same network.
/// </summary>
sealed class HeadNetwork
{
    const float FirstMoment = 0.9f;
    const float SecondMoment = 0.999f;

    readonly Parameters _hidden;
    readonly Parameters _output;
    readonly float _decay;
    int _step;

    /// <param name="inputs">Number of features.</param>
    /// <param name="hidden">Width of the hidden layer.</param>
    /// <param name="outputs">Number of logits.</param>
    /// <param name="decay">Weight decay; each step applies it times the learning rate.</param>
    /// <param name="random">Source of the initial weights.</param>
    public HeadNetwork(int inputs, int hidden, int outputs, float decay, Random random)
    {
        (_hidden, _output, _decay) = (new Parameters(inputs, hidden, random), new Parameters(hidden, outputs, random), decay);
    }

    public int Inputs => _hidden.Rows;

    public int Hidden => _hidden.Columns;

    public int Outputs => _output.Columns;

    /// <summary>Weights of the hidden layer, inputs x hidden, and its bias.</summary>
    public (float[] Weights, float[] Bias) HiddenLayer => (_hidden.Weights, _hidden.Bias);

    /// <summary>Weights of the last layer, hidden x outputs, and its bias.</summary>
    public (float[] Weights, float[] Bias) OutputLayer => (_output.Weights, _output.Bias);

    /// <summary>Computes the logits of a batch, without dropout.</summary>
    /// <param name="batch">count x inputs.</param>
    /// <param name="count">Number of faces.</param>
    public float[] Predict(float[] batch, int count)
    {
        var activity = Activate(batch, count);
        return _output.Apply(activity, count);
    }

    /// <summary>One step of training.</summary>
    /// <param name="batch">count x inputs, with input dropout already applied.</param>
    /// <param name="count">Number of faces.</param>
    /// <param name="keep">Dropout mask of the hidden values, count x hidden: 0, or 1 / (share kept).</param>
    /// <param name="gradient">Replaces the logits (count x outputs) by the gradient of the loss.</param>
    /// <param name="rate">Learning rate.</param>
    public void Train(float[] batch, int count, float[] keep, Action<float[]> gradient, float rate)
    {
        var activity = Activate(batch, count);
        TensorPrimitives.Multiply(activity, keep.AsSpan(0, activity.Length), activity);
        var logits = _output.Apply(activity, count);
        gradient(logits);
        var back = new float[count * Hidden];
        MatrixProduct.MultiplyByTransposed(logits, _output.Weights, back, count, Outputs, Hidden);
        for (var i = 0; i < back.Length; i++) back[i] = activity[i] > 0 ? back[i] * keep[i] : 0;
        _step++;
        _output.Step(activity, logits, count, rate, _decay, _step);
        _hidden.Step(batch, back, count, rate, _decay, _step);
    }

    float[] Activate(float[] batch, int count)
    {
        var activity = _hidden.Apply(batch, count);
        TensorPrimitives.Max(activity, 0f, activity);
        return activity;
    }

    /// <summary>A dense layer with the state of its optimiser.</summary>
    sealed class Parameters
    {
        readonly float[] _gradient;
        readonly (float[] First, float[] Second) _weightMoments;
        readonly (float[] First, float[] Second) _biasMoments;

        public Parameters(int rows, int columns, Random random)
        {
            (Rows, Columns) = (rows, columns);
            // Uniform initialisation, K. He et al. (2015).
            var bound = MathF.Sqrt(1f / rows);
            Weights = new float[rows * columns];
            Bias = new float[columns];
            for (var i = 0; i < Weights.Length; i++) Weights[i] = (2 * random.NextSingle() - 1) * bound;
            for (var i = 0; i < columns; i++) Bias[i] = (2 * random.NextSingle() - 1) * bound;
            _gradient = new float[Weights.Length];
            _weightMoments = (new float[Weights.Length], new float[Weights.Length]);
            _biasMoments = (new float[columns], new float[columns]);
        }

        public int Rows { get; }

        public int Columns { get; }

        public float[] Weights { get; }

        public float[] Bias { get; }

        public float[] Apply(float[] batch, int count)
        {
            var result = new float[count * Columns];
            MatrixProduct.Multiply(batch, Weights, result, count, Rows, Columns);
            for (var i = 0; i < count; i++)
            {
                var row = result.AsSpan(i * Columns, Columns);
                TensorPrimitives.Add(row, Bias, row);
            }
            return result;
        }

        public void Step(float[] given, float[] gradient, int count, float rate, float decay, int step)
        {
            MatrixProduct.MultiplyTransposed(given, gradient, _gradient, Rows, count, Columns);
            var bias = new float[Columns];
            for (var i = 0; i < count; i++) TensorPrimitives.Add(bias, gradient.AsSpan(i * Columns, Columns), bias);
            Descend(Weights, _gradient, _weightMoments, rate, decay, step);
            Descend(Bias, bias, _biasMoments, rate, decay, step);
        }

        static void Descend(float[] values, float[] gradient, (float[] First, float[] Second) moments, float rate, float decay, int step)
        {
            var (first, second) = (1 - MathF.Pow(FirstMoment, step), 1 - MathF.Pow(SecondMoment, step));
            for (var i = 0; i < values.Length; i++)
            {
                var g = gradient[i];
                var m = moments.First[i] = FirstMoment * moments.First[i] + (1 - FirstMoment) * g;
                var v = moments.Second[i] = SecondMoment * moments.Second[i] + (1 - SecondMoment) * g * g;
                values[i] -= rate * (m / first / (MathF.Sqrt(v / second) + 1e-8f) + decay * values[i]);
            }
        }
    }
}
