namespace FaceAd.Core;

/// <summary>
/// How long the players' page may take with a video before it is given up, on a screen and before a video's approval. One rule serves all
/// videos: whatever their sources had, they are encoded at 24 to 30 frames a second, so that 3 s without one are 71 missed frames at least.
/// </summary>
public static class PagePatience
{
    /// <summary>Until the first frame.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(6);

    /// <summary>From one frame to the next.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromSeconds(3);
}
