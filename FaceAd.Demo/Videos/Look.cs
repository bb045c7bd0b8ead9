using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Style of a headline.</summary>
/// <param name="Face">Typeface.</param>
/// <param name="Size">Height in pixels.</param>
/// <param name="Colour">Colour.</param>
/// <param name="Beneath">Height of the lines underneath, in pixels.</param>
/// <param name="X">Left edge.</param>
/// <param name="Italic">Whether it is slanted.</param>
/// <param name="BeneathColour">Colour of the lines underneath if different.</param>
sealed record Look(
    SKTypeface Face, float Size, string Colour, float Beneath, float X = 60, bool Italic = false, string? BeneathColour = null);
