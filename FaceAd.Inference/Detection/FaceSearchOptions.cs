namespace FaceAd.Inference.Detection;

/// <summary>How thoroughly a picture is searched.</summary>
public enum SearchDepth
{
    /// <summary>The whole picture once, with second looks at doubtful detections: for consecutive frames.</summary>
    Full,

    /// <summary>Overlapping tiles as well: for still pictures with small faces.</summary>
    Tiles,
}

/// <summary>
/// What counts as a face. Every detector run that could see a face votes with its score for it (0 when it saw none); the face's
/// score is the mean of the votes. The defaults were chosen on labelled photographs; see models/fr_detect.md.
/// </summary>
public sealed record FaceSearchOptions
{
    /// <summary>How thoroughly a picture is searched.</summary>
    public SearchDepth Depth { get; init; } = SearchDepth.Full;

    /// <summary>Minimum score that a single run records, and minimum mean for a second look, 0..1.</summary>
    public float Doubtful { get; init; } = 0.3f;

    /// <summary>Mean from which a face needs no second look, 0..1.</summary>
    public float Certain { get; init; } = 0.9f;

    /// <summary>Minimum score of a face that only one run could see, 0..1.</summary>
    public float AcceptOne { get; init; } = 0.7f;

    /// <summary>
    /// Minimum mean of a face that several runs could see, 0..1. Lower than <see cref="AcceptOne"/>, since agreement is stronger
    /// evidence than one high score.
    /// </summary>
    public float AcceptMean { get; init; } = 0.6f;

    /// <summary>Maximum number of second looks per picture, one detector run each; 0 for none.</summary>
    public int SecondLooks { get; init; } = 8;
}
