namespace FaceAd.Inference.Models;

/// <summary>
/// Corrects age and gender, calibrated, from what other models say of a face. Features, each where the manifest names it: "feature", "age" and
/// "male" as the model of role <see cref="ModelRole.AgeGender"/> gives them, "embedding" as the embedder gives it, of length 1. Outputs
/// "age" [1, n] and "male" [1, 1] as that model's. Thread-safe; the tensors belong to a worker.
/// </summary>
sealed class AgeGenderHead : IDisposable
{
    static readonly string[] Known = ["feature", "age", "male", "embedding"];

    readonly ModelSession _session;
    readonly string[] _features;

    /// <exception cref="ModelFileException">The file does not fit the manifest, or wants what is not known.</exception>
    public AgeGenderHead(string folder, ModelEntry entry)
    {
        _session = new ModelSession(folder, entry);
        _features = [.. entry.Features.Keys];
        if (_features.FirstOrDefault(f => !Known.Contains(f)) is { } unknown)
            throw new ModelFileException($"{ModelManifest.FileName}: {entry.Name} wants the unknown feature \"{unknown}\"; known are {string.Join(", ", Known)}.");
        Ages = _session.OutputLength("age");
    }

    /// <summary>Number of ages in the distribution.</summary>
    public int Ages { get; }

    /// <summary>Whether faces must be embedded before they can be estimated.</summary>
    public bool NeedsEmbedding => _features.Contains("embedding");

    public ModelTensors CreateTensors() => _session.CreateTensors("age", "male");

    /// <summary>Complains when the other models do not say what this one wants.</summary>
    /// <param name="length">Number of values of each feature by its meaning.</param>
    /// <exception cref="ModelFileException">A feature has another length.</exception>
    public void Require(Func<string, int> length)
    {
        foreach (var feature in _features)
        {
            if (_session.FeatureLength(feature) == length(feature)) continue;
            throw new ModelFileException(
                $"{ModelManifest.FileName}: {_session.Entry.Name} wants {_session.FeatureLength(feature)} values of \"{feature}\", the other models give {length(feature)}. " +
                "Use the head that was trained for them, or leave it out.");
        }
    }

    /// <param name="tensors">A worker's.</param>
    /// <param name="face">What the other models say.</param>
    /// <param name="ages">Receives the distribution over <see cref="Ages"/> years.</param>
    /// <returns>Probability of a man, 0..1.</returns>
    public float Run(ModelTensors tensors, FaceFeatures face, Span<float> ages)
    {
        for (var i = 0; i < _features.Length; i++) face[_features[i]].CopyTo(tensors.Feature(i));
        _session.Run(tensors);
        tensors.Output(0).CopyTo(ages);
        return tensors.Output(1)[0];
    }

    public void Dispose() => _session.Dispose();
}

/// <summary>What the models say of one face before the head: its input, and what a head is trained on. Valid until the next face.</summary>
/// <param name="feature">The age and gender model's inner values; empty when it gives none.</param>
/// <param name="age">Its age distribution; entry i is i + 1 years.</param>
/// <param name="male">Its probability of a man, one value.</param>
/// <param name="embedding">The embedding, of length 1; empty when the face was not embedded.</param>
public readonly ref struct FaceFeatures(ReadOnlySpan<float> feature, ReadOnlySpan<float> age, ReadOnlySpan<float> male, ReadOnlySpan<float> embedding)
{
    readonly ReadOnlySpan<float> _feature = feature;
    readonly ReadOnlySpan<float> _age = age;
    readonly ReadOnlySpan<float> _male = male;
    readonly ReadOnlySpan<float> _embedding = embedding;

    /// <summary>The values of one meaning: feature, age, male or embedding.</summary>
    /// <param name="meaning">Which.</param>
    public ReadOnlySpan<float> this[string meaning] => meaning switch
    {
        "feature" => _feature,
        "age" => _age,
        "male" => _male,
        "embedding" => _embedding,
        _ => throw new ArgumentOutOfRangeException(nameof(meaning), meaning, "feature, age, male or embedding"),
    };
}
