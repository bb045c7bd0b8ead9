namespace FaceAd.Demo.Videos;

/// <summary>Position of one layer at a moment.</summary>
/// <param name="X">Offset to the right of its drawn position, in pixels.</param>
/// <param name="Y">Offset below its drawn position, in pixels.</param>
/// <param name="Scale">1 = as drawn.</param>
/// <param name="Degrees">Rotation, clockwise.</param>
/// <param name="Opacity">0 to 1.</param>
readonly record struct Pose(float X, float Y, float Scale, float Degrees, float Opacity);
