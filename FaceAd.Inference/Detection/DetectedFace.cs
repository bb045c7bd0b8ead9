using FaceAd.Inference.Imaging;

namespace FaceAd.Inference.Detection;

/// <summary>A detected face.</summary>
/// <param name="Box">Box in pixels of the picture, clipped to it.</param>
/// <param name="Score">The detector's confidence, 0..1.</param>
public readonly record struct DetectedFace(FaceBox Box, float Score);
