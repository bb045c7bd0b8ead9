namespace FaceAd.Core;

/// <summary>What the pictures of a screen's camera say of how it hangs.</summary>
/// <param name="StillFace">Whether it sees a picture of a face, such as a poster: it is counted as nobody.</param>
/// <param name="Turn">
/// By how many degrees clockwise its pictures must be turned for faces to be upright: 90, 180 or 270; 0 when they are, or nothing is known.
/// </param>
public readonly record struct CameraHints(bool StillFace, int Turn)
{
    /// <summary>Whether a camera can hang so.</summary>
    public bool IsSound => Turn is 0 or 90 or 180 or 270;
}
