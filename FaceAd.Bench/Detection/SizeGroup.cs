using FaceAd.Bench.Evaluation;

namespace FaceAd.Bench.Detection;

/// <summary>A group of faces by size.</summary>
/// <param name="Name">Name, such as "40-80 px".</param>
/// <param name="From">Minimum height in pixels, inclusive.</param>
/// <param name="Below">Maximum height in pixels, exclusive.</param>
readonly record struct SizeGroup(string Name, float From, float Below)
{
    /// <summary>The groups by height of the labelled box (of the found box when it shows no face).</summary>
    public static IReadOnlyList<SizeGroup> All { get; } =
        [new("< 20 px", 0, 20), new("20-40 px", 20, 40), new("40-80 px", 40, 80), new(">= 80 px", 80, float.PositiveInfinity)];

    /// <summary>The faces that count in figures over all sizes; labels of smaller ones are too often missing or wrong.</summary>
    public static SizeGroup Counted { get; } = new(">= 20 px", 20, float.PositiveInfinity);

    /// <summary>The sizes that a cabin's camera sees and detectors often miss.</summary>
    public static SizeGroup Critical { get; } = All[2];

    /// <summary>Whether a height belongs to the group.</summary>
    /// <param name="height">Height in pixels.</param>
    public bool Holds(float height) => height >= From && height < Below;
}

/// <summary>Scores of one size group.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="Precision">Share of the boxes that show a face.</param>
/// <param name="Recall">Share of the faces that were found.</param>
sealed record SizeScores(string Name, Figure Precision, Figure Recall);

/// <summary>Recall with the threshold set for a target precision.</summary>
/// <param name="Precision">The target precision over all sizes that count, 0..1.</param>
/// <param name="Threshold">The lowest score that reaches it; null when none does.</param>
/// <param name="Recall">Recall at 40-80 px there; interval by bootstrap over pictures, threshold chosen again in each resample.</param>
/// <param name="HeldOutRecall">Recall at 40-80 px of pictures whose threshold was chosen on others (ten parts).</param>
/// <param name="HeldOutPrecision">Precision over all sizes that count, likewise.</param>
sealed record SweepScores(double Precision, float? Threshold, Figure Recall, Figure HeldOutRecall, Figure HeldOutPrecision);
