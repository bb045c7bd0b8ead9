using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Tracking;

/// <summary>What <see cref="LivenessCheck"/> remembers of a face: a kilobyte.</summary>
sealed class FaceUnderWatch
{
    public int TrackId { get; set; }

    public Liveness Liveness { get; set; }

    public DateTimeOffset SeenAt { get; set; }

    /// <summary>How long it has looked the same at the same place, since it was first seen or was last known to be a person's.</summary>
    public TimeSpan Unmoved { get; set; }

    /// <summary>Its latest moves, each soon after the one before, and when the last was.</summary>
    public (int Count, DateTimeOffset At) Moves { get; set; }

    /// <summary>Since when it has not looked like <see cref="Look"/>; null while it does.</summary>
    public DateTimeOffset? UnlikeSince { get; set; }

    /// <summary>Where it was when <see cref="Look"/> was taken: a square, in the pixels of a camera that never moves.</summary>
    public FaceBox Place { get; set; }

    /// <summary>The view of the camera in which it was there.</summary>
    public int View { get; set; }

    /// <summary>How it looked there, grey, row by row.</summary>
    public byte[] Look { get; } = new byte[LivenessCheck.Side * LivenessCheck.Side];
}
