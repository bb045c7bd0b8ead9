namespace FaceAd.Bench.Training;

/// <summary>How a head is trained.</summary>
sealed record HeadTraining
{
    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Width of the hidden layer.</summary>
    public int Hidden { get; init; } = 256;

    /// <summary>Times that every view of every face is seen.</summary>
    public int Epochs { get; init; } = 8;

    /// <summary>Faces in a step.</summary>
    public int Batch { get; init; } = 256;

    /// <summary>Highest learning rate; reached after a tenth of the steps, then lowered to nothing along a cosine.</summary>
    public float Rate { get; init; } = 1e-3f;

    /// <summary>Weight decay.</summary>
    public float Decay { get; init; } = 0.1f;

    /// <summary>Share of the features that is dropped.</summary>
    public float FeatureDropout { get; init; } = 0.3f;

    /// <summary>Share of the hidden values that is dropped.</summary>
    public float HiddenDropout { get; init; } = 0.5f;

    /// <summary>
    /// How far the bands of a set are made to weigh the same: 0 leaves them as they are, 1 gives each a quarter of the set. Between them no band is
    /// sacrificed, and common ones stay likelier.
    /// </summary>
    public float Balance { get; init; } = 0.75f;

    /// <summary>Weight of a face of each set, by the number of the set; 1 for sets beyond the list.</summary>
    public IReadOnlyList<float> SetWeights { get; init; } = [1, 3];

    /// <summary>Standard deviation in years of the distribution that stands for a true age (label distribution learning, B.-B. Gao et al., 2017).</summary>
    public float AgeSpread { get; init; } = 4;

    /// <summary>Below this age gender counts little: few can tell.</summary>
    public int GenderFrom { get; init; } = 5;
}
