namespace FaceAd.Inference;

/// <summary>Time one frame took in each stage. Stages that did not run are zero.</summary>
public readonly record struct StageTimings
{
    /// <summary>JPEG to pixels.</summary>
    public TimeSpan Decode { get; init; }

    /// <summary>Resizing, cropping and aligning for all models.</summary>
    public TimeSpan Crop { get; init; }

    /// <summary>The detector on the whole frame.</summary>
    public TimeSpan Detect { get; init; }

    /// <summary>The detector on further regions and second looks.</summary>
    public TimeSpan Search { get; init; }

    /// <summary>The landmark model, all faces.</summary>
    public TimeSpan Landmarks { get; init; }

    /// <summary>The age and gender model and head, all classified faces.</summary>
    public TimeSpan AgeGender { get; init; }

    /// <summary>The embedding model, all embedded faces.</summary>
    public TimeSpan Embed { get; init; }

    /// <summary>Tracking, fusion and presence.</summary>
    public TimeSpan Track { get; init; }

    /// <summary>The detector on the frame turned, to find out how the camera hangs, and the turning.</summary>
    public TimeSpan Turn { get; init; }

    /// <summary>Sum of all models.</summary>
    public TimeSpan Models => Detect + Search + Landmarks + AgeGender + Embed + Turn;

    /// <summary>Sum of all stages.</summary>
    public TimeSpan Total => Models + Decode + Crop + Track;
}
