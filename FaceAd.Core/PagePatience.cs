namespace FaceAd.Core;

/// <summary>How long the players' page may take with a film before it is given up, on a screen and before a film's approval.</summary>
public static class PagePatience
{
    /// <summary>Until the first frame.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(6);

    /// <summary>From one frame to the next.</summary>
    public static readonly TimeSpan Frame = TimeSpan.FromSeconds(3);
}
