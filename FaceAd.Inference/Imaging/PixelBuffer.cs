namespace FaceAd.Inference.Imaging;

/// <summary>
/// Rows of 8-bit pixels, top to bottom, without padding between rows. Created once and reused for every frame: it grows to the
/// largest picture it has held and then allocates no more. Not thread-safe.
/// </summary>
public sealed class PixelBuffer
{
    byte[] _memory = [];

    /// <summary>Width in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Bytes per pixel: 1 (grey) or 3 (RGB).</summary>
    public int Channels { get; private set; }

    /// <summary>Bytes per row.</summary>
    public int Stride => Width * Channels;

    /// <summary>All pixels, <see cref="Stride"/> x <see cref="Height"/> bytes. Valid until the next <see cref="Resize"/>.</summary>
    public Span<byte> Pixels => _memory.AsSpan(0, Stride * Height);

    /// <summary>One row.</summary>
    /// <param name="y">0 .. <see cref="Height"/> - 1.</param>
    public Span<byte> Row(int y) => Pixels.Slice(y * Stride, Stride);

    /// <summary>Sets the size. The content is undefined afterwards.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 or 3.</param>
    public void Resize(int width, int height, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), channels, "1 or 3");
        var needed = checked(width * height * channels);
        if (_memory.Length < needed) _memory = GC.AllocateUninitializedArray<byte>(needed, pinned: true);
        (Width, Height, Channels) = (width, height, channels);
    }
}
