namespace FaceAd.Inference.Detection;

/// <summary>How much of a picture is looked at closely without being asked.</summary>
public enum SearchDepth
{
    /// <summary>The whole picture once, and a second look at what is doubtful: for frames that follow each other.</summary>
    Full,

    /// <summary>Overlapping tiles as well: for single pictures with small faces.</summary>
    Tiles,
}

/// <summary>
/// What counts as a face. Every run of the detector that could see a face has a vote, its score there (0 when it saw none); the
/// face's score is their mean. The defaults were chosen on labelled photographs; see models/fr_detect.md.
/// </summary>
public sealed record FaceSearchOptions
{
    /// <summary>How much of a picture is looked at closely.</summary>
    public SearchDepth Depth { get; init; } = SearchDepth.Full;

    /// <summary>Smallest score of a single run that is remembered, and smallest mean that earns a second look, 0..1.</summary>
    public float Doubtful { get; init; } = 0.3f;

    /// <summary>From this mean on a face needs no second look, 0..1.</summary>
    public float Certain { get; init; } = 0.9f;

    /// <summary>Smallest score of a face that only one run could see, 0..1.</summary>
    public float AcceptOne { get; init; } = 0.7f;

    /// <summary>Smallest mean of a face that several runs could see, 0..1. Lower, since agreement tells more than one high score.</summary>
    public float AcceptMean { get; init; } = 0.6f;

    /// <summary>The most second looks in one picture, each one run of the detector; 0 for none.</summary>
    public int SecondLooks { get; init; } = 8;
}
