using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Models;

/// <summary>
/// Finds the 68 landmarks of a face (iBUG 300-W layout). Output "points" [1, 136]: x and y alternating, in 0..1 of the box
/// that was stretched to the input. Thread-safe with tensors per worker.
/// </summary>
sealed class FaceLandmarks(string folder, ModelEntry entry) : IDisposable
{
    public const int Length = 136;

    readonly ModelSession _session = new(folder, entry);

    public ModelInput Input => _session.Input;

    public ModelTensors CreateTensors() => _session.CreateTensors("points");

    /// <param name="tensors">Filled with the face's crop.</param>
    /// <param name="box">The crop, in pixels of the picture.</param>
    /// <param name="points">Receives the points, in pixels of the picture.</param>
    public void Run(ModelTensors tensors, FaceBox box, Span<float> points)
    {
        _session.Run(tensors);
        var found = tensors.Output(0);
        for (var i = 0; i < Length; i += 2)
        {
            points[i] = box.X + found[i] * box.Width;
            points[i + 1] = box.Y + found[i + 1] * box.Height;
        }
    }

    public void Dispose() => _session.Dispose();
}

/// <summary>
/// Embeds an aligned face as a vector; cosine similarity tells people apart. Output "embedding" [1, 512]. Thread-safe with tensors
/// per worker.
/// </summary>
sealed class FaceEmbedder : IDisposable
{
    readonly ModelSession _session;

    public FaceEmbedder(string folder, ModelEntry entry)
    {
        _session = new ModelSession(folder, entry);
        Length = _session.OutputLength("embedding");
    }

    public ModelInput Input => _session.Input;

    /// <summary>Number of values in an embedding.</summary>
    public int Length { get; }

    public ModelTensors CreateTensors() => _session.CreateTensors("embedding");

    /// <param name="tensors">Filled with the aligned face.</param>
    /// <param name="embedding">Receives the vector, L2-normalised.</param>
    public void Run(ModelTensors tensors, Span<float> embedding)
    {
        _session.Run(tensors);
        var values = tensors.Output(0);
        var squares = 0f;
        foreach (var value in values) squares += value * value;
        var factor = squares > 0 ? 1 / MathF.Sqrt(squares) : 0;
        for (var i = 0; i < values.Length; i++) embedding[i] = values[i] * factor;
    }

    public void Dispose() => _session.Dispose();
}
