using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Models;

/// <summary>
/// Estimates age and gender. Output "age" [1, n]: probability of each age, entry i for i + 1 years; "male" [1, 1]: probability
/// of a man; "feature" [1, m], where the manifest names it: feature vector for a head. Thread-safe with tensors per worker.
/// </summary>
sealed class AgeGenderModel : IDisposable
{
    /// <summary>Side of the square crop, as a multiple of the box's longer side.</summary>
    const float CropScale = 1.23f;

    /// <summary>How far the crop's centre lies below the box's, as a share of the box's height.</summary>
    const float CropDrop = 0.045f;

    readonly ModelSession _session;

    public AgeGenderModel(string folder, ModelEntry entry)
    {
        _session = new ModelSession(folder, entry);
        Ages = _session.OutputLength("age");
        FeatureLength = entry.Outputs.ContainsKey("feature") ? _session.OutputLength("feature") : 0;
    }

    public ModelInput Input => _session.Input;

    /// <summary>Number of ages in the distribution.</summary>
    public int Ages { get; }

    /// <summary>Number of values in the feature vector; 0 when the model has none.</summary>
    public int FeatureLength { get; }

    public ModelTensors CreateTensors() =>
        FeatureLength > 0 ? _session.CreateTensors("age", "male", "feature") : _session.CreateTensors("age", "male");

    public static FaceBox Crop(FaceBox box)
    {
        var side = CropScale * box.LongerSide;
        return new FaceBox(box.CentreX - side / 2, box.CentreY + CropDrop * box.Height - side / 2, side, side);
    }

    /// <param name="tensors">Filled with the face's crop.</param>
    public void Run(ModelTensors tensors) => _session.Run(tensors);

    /// <summary>The distribution over <see cref="Ages"/> years from the last run.</summary>
    public static ReadOnlySpan<float> Age(ModelTensors tensors) => tensors.Output(0);

    /// <summary>Probability of a man from the last run, 0..1, one value.</summary>
    public static ReadOnlySpan<float> Male(ModelTensors tensors) => tensors.Output(1);

    /// <summary>The feature vector from the last run; empty when the model has none.</summary>
    public static ReadOnlySpan<float> Feature(ModelTensors tensors) => tensors.Outputs > 2 ? tensors.Output(2) : [];

    public void Dispose() => _session.Dispose();
}
