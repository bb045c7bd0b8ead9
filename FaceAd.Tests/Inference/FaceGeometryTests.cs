using FaceAd.Inference.Imaging;
using FaceAd.Inference.Models;

namespace FaceAd.Tests.Inference;

/// <summary>A head's pose, from its landmarks.</summary>
public sealed class FaceGeometryTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(45, 0)]
    [InlineData(-25, 0)]
    [InlineData(0, 20)]
    [InlineData(0, -15)]
    public void Pose_ProjectedHead_FindsItsTurn(float yaw, float pitch)
    {
        var pose = FaceGeometry.Pose(Project(yaw, pitch));

        Assert.Equal(yaw, pose.Yaw, 1);
        Assert.Equal(pitch - FaceGeometry.NeutralPitch, pose.Pitch, 1);
        Assert.Equal(MathF.Abs(yaw) <= FacePose.FacingYaw, pose.Facing);
    }

    /// <summary>Orthographic projection of the average head, turned; only the points that the fit uses matter.</summary>
    static float[] Project(float yawDegrees, float pitchDegrees)
    {
        var (yaw, pitch) = (yawDegrees * MathF.PI / 180, pitchDegrees * MathF.PI / 180);
        var landmarks = new float[FaceLandmarks.Length];
        (int Point, float X, float Y, float Z)[] head =
        [
            (36, -1, -0.756f, -0.6f), (45, 1, -0.756f, -0.6f), (30, 0, 0, 0),
            (48, -0.667f, 0.667f, -0.556f), (54, 0.667f, 0.667f, -0.556f), (8, 0, 1.467f, -0.289f),
        ];
        foreach (var (point, x, y, z) in head)
        {
            landmarks[2 * point] = 200 + 50 * (MathF.Cos(yaw) * x + MathF.Sin(yaw) * z);
            landmarks[2 * point + 1] = 150 + 50 * (MathF.Cos(pitch) * y + MathF.Sin(pitch) * z);
        }
        return landmarks;
    }
}
