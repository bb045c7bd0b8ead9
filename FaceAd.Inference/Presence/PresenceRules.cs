namespace FaceAd.Inference.Presence;

/// <summary>Timing rules of presence.</summary>
public sealed record PresenceRules
{
    /// <summary>The rules used everywhere.</summary>
    public static PresenceRules Default { get; } = new();

    /// <summary>A face seen again within this time (inclusive) counts as present throughout.</summary>
    public TimeSpan Bridge { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After this many consecutive analysed frames without a face, each while a sensor has just seen people leave, presences end
    /// without waiting for <see cref="Bridge"/>. One such frame is not enough: it may miss a face that turned away.
    /// </summary>
    public int EmptyFrames { get; init; } = 2;

    /// <summary>
    /// Whoever turns out to be a person was there no longer before than this: where it cannot be told whether a face is a picture's, it may
    /// hang there for days.
    /// </summary>
    public TimeSpan UntoldAtMost { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After this time (inclusive) without any analysed frame the audience is lost.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(30);
}
