namespace FaceAd.Inference.Imaging;

/// <summary>Pose of a head, in degrees; 0, 0, 0 looks straight into the camera.</summary>
/// <param name="Yaw">Turned to the side: positive to the right of the picture.</param>
/// <param name="Pitch">Turned up or down: positive is down.</param>
/// <param name="Roll">Tilted: positive is clockwise in the picture.</param>
public readonly record struct FacePose(float Yaw, float Pitch, float Roll)
{
    /// <summary>Largest yaw, in degrees, that counts as facing the screen beside the camera.</summary>
    public const float FacingYaw = 40;

    /// <summary>Largest pitch, in degrees, that counts as facing.</summary>
    public const float FacingPitch = 35;

    /// <summary>Whether the face is turned to the camera, and so to the screen it is mounted on.</summary>
    public bool Facing => MathF.Abs(Yaw) <= FacingYaw && MathF.Abs(Pitch) <= FacingPitch;
}
