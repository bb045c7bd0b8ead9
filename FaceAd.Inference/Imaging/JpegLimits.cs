namespace FaceAd.Inference.Imaging;

/// <summary>Size limits of a JPEG. Checked against its header, before any pixel is decoded.</summary>
public sealed record JpegLimits
{
    /// <summary>The limits for frames that come from screens.</summary>
    public static JpegLimits Default { get; } = new();

    /// <summary>Maximum file size in bytes.</summary>
    public int MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>Maximum width or height in pixels.</summary>
    public int MaxSide { get; init; } = 4096;

    /// <summary>Maximum width x height in pixels.</summary>
    public int MaxPixels { get; init; } = 8_000_000;
}

/// <summary>Size of a JPEG, from its header.</summary>
/// <param name="Width">Width in pixels, at least 1.</param>
/// <param name="Height">Height in pixels, at least 1.</param>
public readonly record struct JpegHeader(int Width, int Height);
