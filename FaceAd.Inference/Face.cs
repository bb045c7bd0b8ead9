using FaceAd.Inference.Imaging;

namespace FaceAd.Inference;

/// <summary>One face in one frame.</summary>
/// <param name="Box">Box in pixels of the full-size picture.</param>
/// <param name="Score">The detector's confidence, 0..1: the mean of the runs that could see the face.</param>
/// <param name="Pose">Pose of the head.</param>
/// <param name="Sharpness">Sharpness of the face: about 0 when blurred or very small, 0.05 when sharp.</param>
public readonly record struct Face(FaceBox Box, float Score, FacePose Pose, float Sharpness);
