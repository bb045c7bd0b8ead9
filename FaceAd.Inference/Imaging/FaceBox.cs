namespace FaceAd.Inference.Imaging;

/// <summary>A rectangle in pixels. Pixel centres lie at half-integers, so the whole picture is (0, 0, width, height).</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width, at least 0.</param>
/// <param name="Height">Height, at least 0.</param>
public readonly record struct FaceBox(float X, float Y, float Width, float Height)
{
    /// <summary>Right edge.</summary>
    public float Right => X + Width;

    /// <summary>Lower edge.</summary>
    public float Bottom => Y + Height;

    /// <summary>Horizontal centre.</summary>
    public float CentreX => X + Width / 2;

    /// <summary>Vertical centre.</summary>
    public float CentreY => Y + Height / 2;

    /// <summary>Area in square pixels.</summary>
    public float Area => Width * Height;

    /// <summary>The longer of width and height.</summary>
    public float LongerSide => Math.Max(Width, Height);

    /// <summary>Intersection over union, 0..1; 0 when the rectangles do not intersect.</summary>
    /// <param name="other">The other rectangle.</param>
    public float IntersectionOverUnion(FaceBox other)
    {
        var width = Math.Min(Right, other.Right) - Math.Max(X, other.X);
        var height = Math.Min(Bottom, other.Bottom) - Math.Max(Y, other.Y);
        if (width <= 0 || height <= 0) return 0;
        var shared = width * height;
        return shared / (Area + other.Area - shared);
    }

    /// <summary>The same rectangle in a picture scaled by these factors.</summary>
    /// <param name="x">Horizontal factor.</param>
    /// <param name="y">Vertical factor.</param>
    public FaceBox Scale(float x, float y) => new(X * x, Y * y, Width * x, Height * y);

    /// <summary>The part within a picture.</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    public FaceBox ClipTo(float width, float height)
    {
        var (x, y) = (Math.Clamp(X, 0, width), Math.Clamp(Y, 0, height));
        return new FaceBox(x, y, Math.Clamp(Right, 0, width) - x, Math.Clamp(Bottom, 0, height) - y);
    }
}
