
namespace FaceAd.Inference.Detection;

/// <summary>Detector runs on one frame beyond the first.</summary>
/// <param name="SecondLooks">At doubtful detections.</param>
/// <param name="LostTracks">Around tracks whose face was not found in this frame.</param>
/// <param name="Tiles">At tiles with motion but no known face.</param>
public readonly record struct SearchRuns(int SecondLooks, int LostTracks, int Tiles)
{
    /// <summary>Sum of all three.</summary>
    public int Total => SecondLooks + LostTracks + Tiles;
}
