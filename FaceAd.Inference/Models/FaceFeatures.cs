namespace FaceAd.Inference.Models;

/// <summary>Outputs of the other models for one face: what the head reads and is trained on. Valid until the next face.</summary>
/// <param name="feature">Feature vector of the age and gender model; empty when it outputs none.</param>
/// <param name="age">Its age distribution; entry i is i + 1 years.</param>
/// <param name="male">Its probability of a man, one value.</param>
/// <param name="embedding">The embedding, a unit vector; empty when the face was not embedded.</param>
public readonly ref struct FaceFeatures(
    ReadOnlySpan<float> feature, ReadOnlySpan<float> age, ReadOnlySpan<float> male, ReadOnlySpan<float> embedding)
{
    readonly ReadOnlySpan<float> _feature = feature;
    readonly ReadOnlySpan<float> _age = age;
    readonly ReadOnlySpan<float> _male = male;
    readonly ReadOnlySpan<float> _embedding = embedding;

    /// <summary>The values of one feature.</summary>
    /// <param name="meaning">"feature", "age", "male" or "embedding".</param>
    public ReadOnlySpan<float> this[string meaning] => meaning switch
    {
        "feature" => _feature,
        "age" => _age,
        "male" => _male,
        "embedding" => _embedding,
        _ => throw new ArgumentOutOfRangeException(nameof(meaning), meaning, "feature, age, male or embedding"),
    };
}
