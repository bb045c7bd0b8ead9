namespace FaceAd.Core;

/// <summary>The creatives a screen keeps ready, and how it measures.</summary>
public sealed record ScreenProgramme
{
    /// <summary>The screen, which the player's seals name.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>The screen's name, for its log and page title.</summary>
    public required string ScreenName { get; init; }

    /// <summary>Where frames are analysed.</summary>
    public required InferenceMode Mode { get; init; }

    /// <summary>False when the site has turned measurement off: the camera stays closed, and the screen keeps playing.</summary>
    public required bool Measurement { get; init; }

    /// <summary>Notice shown on the screen while measurement is on.</summary>
    public required string Notice { get; init; }

    /// <summary>Every creative that may be played, including the house loop.</summary>
    public required IReadOnlyList<CreativeFile> Creatives { get; init; }

    /// <summary>Creatives to play in turn when no ad is due.</summary>
    public required IReadOnlyList<Guid> HouseLoop { get; init; }
}

/// <summary>A creative's file.</summary>
/// <param name="CreativeId">The creative.</param>
/// <param name="Sha256">SHA-256 of the file, 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Size of the file in bytes.</param>
/// <param name="Seconds">Running time in seconds.</param>
/// <param name="Name">Display name.</param>
public sealed record CreativeFile(Guid CreativeId, string Sha256, long Bytes, double Seconds, string Name);
