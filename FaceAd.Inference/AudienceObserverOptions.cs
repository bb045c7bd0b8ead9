using FaceAd.Inference.Presence;

namespace FaceAd.Inference;

/// <summary>How an <see cref="AudienceObserver"/> works.</summary>
public sealed record AudienceObserverOptions
{
    /// <summary>The times that presence turns on.</summary>
    public PresenceRules Rules { get; init; } = PresenceRules.Default;

    /// <summary>How often an open audience is reported when nothing else is to be said.</summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Runs of the detector a second, on average, that may look for missed faces beyond the one over each frame: at what is doubtful,
    /// around a track that was not found, where something moves. 0 for none.
    /// </summary>
    public int SearchPerSecond { get; init; } = 6;

    /// <summary>
    /// Smaller faces (longer side of the box, pixels) are tracked and not classified: they stay "unknown". At 28 an estimate tells
    /// about five sixths of what it tells of a large face.
    /// </summary>
    public float SmallestFace { get; init; } = 28;

    /// <summary>Less sharp faces are tracked and not classified: an estimate would tell less than half of what it tells of a sharp face.</summary>
    public float LeastSharpness { get; init; } = 0.014f;

    /// <summary>A track is classified on so many good frames one after the other.</summary>
    public int EagerEstimates { get; init; } = 8;

    /// <summary>After that it is classified again this often.</summary>
    public TimeSpan EstimateEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Smaller faces (longer side, pixels) are not embedded.</summary>
    public float SmallestView { get; init; } = 60;

    /// <summary>Less sharp faces are not embedded.</summary>
    public float LeastViewSharpness { get; init; } = 0.022f;

    /// <summary>Faces turned further (degrees, any axis but roll) are not embedded.</summary>
    public float LargestViewAngle { get; init; } = 40;

    /// <summary>Least time between the first two views of a track; it doubles with each view.</summary>
    public TimeSpan FirstViewGap { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes identities of audiences and presences.</summary>
    public Func<Guid> NewId { get; init; } = Guid.CreateVersion7;
}
