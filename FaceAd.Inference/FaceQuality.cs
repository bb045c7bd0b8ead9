namespace FaceAd.Inference;

/// <summary>
/// How far a face can be trusted, from its size, sharpness and pose. The constants follow measurements on labelled faces that were
/// shrunk, blurred, coarsened and made noisy: how much information on age band and gender an estimate keeps (see
/// models/fr_landmark.md).
/// </summary>
static class FaceQuality
{
    /// <summary>Sharpness beyond which an estimate gains nothing.</summary>
    const float AmpleSharpness = 0.055f;

    /// <summary>Weight at sharpness 0, relative to a sharp face; linear in between.</summary>
    const float BlurredShare = 0.3f;

    /// <summary>
    /// Degrees up to which a turn costs nothing, and from which a face counts a tenth. The first is measured, the second assumed.
    /// </summary>
    const float HarmlessAngle = 40, ProfileAngle = 70;

    /// <summary>Whether a face is worth classifying.</summary>
    public static bool CanBeClassified(Face face, AudienceObserverOptions options) =>
        face.Box.LongerSide >= options.SmallestFace && face.Sharpness >= options.LeastSharpness;

    /// <summary>Whether a face is worth embedding: only good views may identify a person.</summary>
    public static bool CanBeEmbedded(Face face, AudienceObserverOptions options) =>
        CanBeClassified(face, options) && face.Box.LongerSide >= options.SmallestView && face.Sharpness >= options.LeastViewSharpness
        && MathF.Abs(face.Pose.Yaw) <= options.LargestViewAngle && MathF.Abs(face.Pose.Pitch) <= options.LargestViewAngle;

    /// <summary>
    /// Weight of a face in the fusion over its track, above 0 and at most 1. Sharpness already accounts for size: it is measured on
    /// a crop to which smaller faces are enlarged.
    /// </summary>
    public static double Weight(Face face)
    {
        var sharpness = BlurredShare + (1 - BlurredShare) * Math.Clamp(face.Sharpness / AmpleSharpness, 0, 1);
        var angle = MathF.Max(MathF.Abs(face.Pose.Yaw), MathF.Abs(face.Pose.Pitch));
        return sharpness * Math.Clamp(1 - 0.9f * (angle - HarmlessAngle) / (ProfileAngle - HarmlessAngle), 0.1f, 1);
    }
}
