using FaceAd.Inference.Presence;

namespace FaceAd.Inference;

/// <summary>Settings of an <see cref="AudienceObserver"/>.</summary>
public sealed record AudienceObserverOptions
{
    /// <summary>Timing rules of presence.</summary>
    public PresenceRules Rules { get; init; } = PresenceRules.Default;

    /// <summary>How often an open audience is reported when nothing has changed.</summary>
    public TimeSpan Checkpoint { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Average number of detector runs per second that search for missed faces, beyond the one over each frame: at doubtful
    /// detections, around lost tracks, and where something moves. 0 for none.
    /// </summary>
    public int SearchPerSecond { get; init; } = 6;

    /// <summary>
    /// Faces smaller than this (longer side of the box, pixels) are tracked but not classified: they stay "unknown". At 28 an estimate
    /// carries about five sixths of the information it has for a large face.
    /// </summary>
    public float SmallestFace { get; init; } = 28;

    /// <summary>
    /// Faces less sharp than this are tracked but not classified: an estimate would carry less than half of the information it has
    /// for a sharp face.
    /// </summary>
    public float LeastSharpness { get; init; } = 0.014f;

    /// <summary>A new track is classified on this many good frames in a row.</summary>
    public int EagerEstimates { get; init; } = 8;

    /// <summary>Interval of classification after that.</summary>
    public TimeSpan EstimateEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Faces smaller than this (longer side, pixels) are not embedded.</summary>
    public float SmallestView { get; init; } = 60;

    /// <summary>Faces less sharp than this are not embedded.</summary>
    public float LeastViewSharpness { get; init; } = 0.022f;

    /// <summary>Faces turned further than this (degrees of yaw or pitch) are not embedded.</summary>
    public float LargestViewAngle { get; init; } = 40;

    /// <summary>Minimum time between the first two views of a track; it doubles with each view.</summary>
    public TimeSpan FirstViewGap { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether a face counts that has not moved by itself: for measurements on rides made of photographs.</summary>
    public bool StillFacesCount { get; init; }

    /// <summary>Creates the ids of audiences and presences.</summary>
    public Func<Guid> NewId { get; init; } = Guid.CreateVersion7;
}
