using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Models;

/// <summary>
/// Finds 68 points (the iBUG 300-W layout) in a face. Output "points" [1, 136]: x and y alternating, in 0..1 of the box
/// that was stretched to the input. Thread-safe; the tensors belong to a worker.
/// </summary>
sealed class FaceLandmarks(string folder, ModelEntry entry) : IDisposable
{
    public const int Length = 136;

    readonly ModelSession _session = new(folder, entry);

    public ModelInput Input => entry.Input;

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
/// Estimates age and gender. Output "age" [1, n]: probability of each age, entry i for i + 1 years; "male" [1, 1]: probability
/// of a man. Thread-safe; the tensors belong to a worker.
/// </summary>
sealed class AgeGenderModel : IDisposable
{
    /// <summary>Side of the square crop over the longer side of the box.</summary>
    const float CropScale = 1.23f;

    /// <summary>How far the crop's centre lies below the box's, in heights of the box.</summary>
    const float CropDrop = 0.045f;

    readonly ModelSession _session;

    public AgeGenderModel(string folder, ModelEntry entry)
    {
        _session = new ModelSession(folder, entry);
        Ages = _session.OutputLength("age");
    }

    public ModelInput Input => _session.Entry.Input;

    /// <summary>Number of ages in the distribution.</summary>
    public int Ages { get; }

    public ModelTensors CreateTensors() => _session.CreateTensors("age", "male");

    public static FaceBox Crop(FaceBox box)
    {
        var side = CropScale * box.LongerSide;
        return new FaceBox(box.CentreX - side / 2, box.CentreY + CropDrop * box.Height - side / 2, side, side);
    }

    /// <param name="tensors">Filled with the face's crop.</param>
    /// <param name="ages">Receives the distribution over <see cref="Ages"/> years.</param>
    /// <returns>Probability of a man, 0..1.</returns>
    public float Run(ModelTensors tensors, Span<float> ages)
    {
        _session.Run(tensors);
        tensors.Output(0).CopyTo(ages);
        return tensors.Output(1)[0];
    }

    public void Dispose() => _session.Dispose();
}

/// <summary>
/// Turns an aligned face into a vector whose cosine tells persons apart. Output "embedding" [1, 512]. Thread-safe; the
/// tensors belong to a worker.
/// </summary>
sealed class FaceEmbedder : IDisposable
{
    readonly ModelSession _session;

    public FaceEmbedder(string folder, ModelEntry entry)
    {
        // Thousands of its weights are denormal numbers, which slow a processor down sevenfold unless they count as zero.
        _session = new ModelSession(folder, entry, denormalsAreZero: true);
        Length = _session.OutputLength("embedding");
    }

    public ModelInput Input => _session.Entry.Input;

    /// <summary>Number of values in an embedding.</summary>
    public int Length { get; }

    public ModelTensors CreateTensors() => _session.CreateTensors("embedding");

    /// <param name="tensors">Filled with the aligned face.</param>
    /// <param name="embedding">Receives the vector, scaled to length 1.</param>
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
