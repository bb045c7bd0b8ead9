
namespace FaceAd.Inference.Detection;

/// <summary>Detector runs on one frame beyond the first.</summary>
/// <param name="SecondLooks">At doubtful detections.</param>
/// <param name="LostTracks">Around tracks whose face was not found in this frame.</param>
/// <param name="Tiles">At tiles with motion but no known face.</param>
/// <param name="Turned">Over the whole frame turned, to find out how the camera hangs.</param>
public readonly record struct SearchRuns(int SecondLooks, int LostTracks, int Tiles, int Turned = 0)
{
    /// <summary>Sum of those that look for missed faces.</summary>
    public int Total => SecondLooks + LostTracks + Tiles;

    /// <summary>Sums kind by kind.</summary>
    public static SearchRuns operator +(SearchRuns a, SearchRuns b) =>
        new(a.SecondLooks + b.SecondLooks, a.LostTracks + b.LostTracks, a.Tiles + b.Tiles, a.Turned + b.Turned);
}
