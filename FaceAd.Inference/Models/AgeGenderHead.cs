namespace FaceAd.Inference.Models;

/// <summary>
/// Corrects and calibrates age and gender from the outputs of other models. Inputs, as far as the manifest names them: "feature",
/// "age" and "male" as output by the model of role <see cref="ModelRole.AgeGender"/>, and "embedding", the embedder's unit vector.
/// Outputs "age" [1, n] and "male" [1, 1], in the format of that model. Thread-safe with tensors per worker.
/// </summary>
sealed class AgeGenderHead : IDisposable
{
    static readonly string[] Known = ["feature", "age", "male", "embedding"];

    readonly ModelSession _session;
    readonly string[] _features;

    /// <exception cref="ModelFileException">The file does not match the manifest, or needs an unknown feature.</exception>
    public AgeGenderHead(string folder, ModelEntry entry)
    {
        _session = new ModelSession(folder, entry);
        _features = [.. entry.Features.Keys];
        if (_features.FirstOrDefault(f => !Known.Contains(f)) is { } unknown)
            throw new ModelFileException(
                $"{ModelManifest.FileName}: {entry.Name} names the unknown feature \"{unknown}\". Use one of {string.Join(", ", Known)}.");
        Ages = _session.OutputLength("age");
    }

    /// <summary>Number of ages in the distribution.</summary>
    public int Ages { get; }

    /// <summary>Whether faces must be embedded before they can be estimated.</summary>
    public bool NeedsEmbedding => _features.Contains("embedding");

    public ModelTensors CreateTensors() => _session.CreateTensors("age", "male");

    /// <summary>Checks that the outputs of the other models have the lengths this one needs.</summary>
    /// <param name="length">Returns the number of values of a feature, by its meaning.</param>
    /// <exception cref="ModelFileException">A feature has another length.</exception>
    public void Require(Func<string, int> length)
    {
        foreach (var feature in _features)
        {
            if (_session.FeatureLength(feature) == length(feature)) continue;
            throw new ModelFileException(
                $"{ModelManifest.FileName}: {_session.Entry.Name} needs {_session.FeatureLength(feature)} values of \"{feature}\", " +
                $"but the other models output {length(feature)}. Use the head that was trained for them, or leave it out.");
        }
    }

    /// <param name="tensors">The worker's tensors.</param>
    /// <param name="face">Outputs of the other models.</param>
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
