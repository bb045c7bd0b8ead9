using FaceAd.Inference.Models;
using FaceAd.Models;

namespace FaceAd.Bench.Training;

/// <summary>The input features of a head in one row: feature, age (logarithm), male (logit), embedding.</summary>
sealed class HeadFeatures
{
    static readonly string[] Names = ["feature", "age", "male", "embedding"];

    readonly string[] _used;

    /// <param name="faces">Model outputs for any face, which give the lengths.</param>
    /// <param name="withEmbedding">Whether the embedding is a feature.</param>
    public HeadFeatures(FaceFeatures faces, bool withEmbedding)
    {
        _used = withEmbedding ? Names : Names[..^1];
        var lengths = new List<(string, int)>();
        foreach (var name in _used) lengths.Add((name, faces[name].Length));
        Lengths = lengths;
    }

    /// <summary>Names and lengths of the features, in order.</summary>
    public IReadOnlyList<(string Name, int Length)> Lengths { get; }

    /// <summary>Concatenates the features of a face, transformed as by <see cref="HeadToOnnx"/>.</summary>
    /// <param name="face">Model outputs for the face.</param>
    public float[] Join(FaceFeatures face)
    {
        var row = new float[Lengths.Sum(l => l.Length)];
        var at = 0;
        foreach (var name in _used)
        {
            var values = face[name];
            for (var i = 0; i < values.Length; i++) row[at + i] = Prepare(name, values[i]);
            at += values.Length;
        }
        return row;
    }

    static float Prepare(string name, float value) => name switch
    {
        "age" => MathF.Log(Math.Clamp(value, HeadToOnnx.AgeFloor, 1)),
        "male" => MathF.Log(Math.Clamp(value, HeadToOnnx.GenderFloor, 1 - HeadToOnnx.GenderFloor))
            - MathF.Log(1 - Math.Clamp(value, HeadToOnnx.GenderFloor, 1 - HeadToOnnx.GenderFloor)),
        _ => value,
    };
}
