namespace FaceAd.Core;

/// <summary>Where the frames of a screen are analysed.</summary>
public enum InferenceMode
{
    /// <summary>The player sends its best frames; the server analyses them in memory and drops them.</summary>
    Server = 0,

    /// <summary>The player analyses its own frames and sends only the audience report.</summary>
    Device = 1,
}

/// <summary>
/// How a running screen switches from one <see cref="InferenceMode"/> to the other: between two appearances. The side that started
/// an audience follows it to its end, so that no viewer is reported twice and none is lost.
/// </summary>
public static class InferenceHandover
{
    /// <summary>The player switches when no audience is open and no frame has been worth analysing for this long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>After this long the player switches even with viewers in view; their audience ends as lost, and a new one opens.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long after a switch the server still accepts data of the previous mode; more than <see cref="Patience"/>.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(120);
}
