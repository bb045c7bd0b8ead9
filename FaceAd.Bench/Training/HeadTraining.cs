namespace FaceAd.Bench.Training;

/// <summary>Settings of a training.</summary>
sealed record HeadTraining
{
    /// <summary>Seed of all random draws.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Width of the hidden layer.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Number of passes over all views.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Batch size in faces.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Peak learning rate, reached after a tenth of the steps, then decayed to zero along a cosine.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>Weight decay.</summary>
    public float Decay { get; init; } = 0.1f;

    public float FeatureDropout { get; init; } = 0.3f;

    /// <summary>Dropout of the hidden values.</summary>
    public float HiddenDropout { get; init; } = 0.5f;

    /// <summary>
    /// How far the bands of a set are balanced: 0 leaves their weights as they are, 1 gives each a quarter of the set. Values in between
    /// sacrifice no band, and keep common ones likelier.
    /// </summary>
    public float Balance { get; init; } = 0.75f;

    /// <summary>Weight of a face of each set, by the number of the set; 1 for sets beyond the list.</summary>
    public IReadOnlyList<float> SetWeights { get; init; } = [1, 3];

    /// <summary>
    /// Standard deviation in years of the target distribution of an age (label distribution learning, B.-B. Gao et al., 2017).
    /// </summary>
    public float AgeSpread { get; init; } = 4;

    /// <summary>Age below which gender has little weight, because it is hard to tell.</summary>
    public int GenderFrom { get; init; } = 5;
}
