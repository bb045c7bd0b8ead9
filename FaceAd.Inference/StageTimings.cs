namespace FaceAd.Inference;

/// <summary>Time that one frame spent in each stage. Stages that did not run are zero.</summary>
public readonly record struct StageTimings
{
    /// <summary>JPEG to pixels.</summary>
    public TimeSpan Decode { get; init; }

    /// <summary>Shrinking, cropping and aligning for all models.</summary>
    public TimeSpan Crop { get; init; }

    /// <summary>The detector on the whole frame.</summary>
    public TimeSpan Detect { get; init; }

    /// <summary>The detector on tiles and second looks.</summary>
    public TimeSpan Search { get; init; }

    /// <summary>The landmark model, all faces.</summary>
    public TimeSpan Landmarks { get; init; }

    /// <summary>The age and gender model, all faces that were classified.</summary>
    public TimeSpan AgeGender { get; init; }

    /// <summary>The embedding model, all faces that were embedded.</summary>
    public TimeSpan Embed { get; init; }

    /// <summary>Tracking, fusion and presence.</summary>
    public TimeSpan Track { get; init; }

    /// <summary>All models.</summary>
    public TimeSpan Models => Detect + Search + Landmarks + AgeGender + Embed;

    /// <summary>All stages.</summary>
    public TimeSpan Total => Models + Decode + Crop + Track;
}
