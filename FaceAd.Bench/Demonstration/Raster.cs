using System.Buffers.Binary;

namespace FaceAd.Bench.Demonstration;

/// <summary>A picture with transparency: 8 bits each of red, green, blue and alpha, colour premultiplied by alpha, rows from the top.</summary>
sealed class Raster
{
    /// <summary>Wraps premultiplied pixels.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">Four bytes a pixel; exactly <paramref name="width"/> x <paramref name="height"/> x 4.</param>
    /// <exception cref="ArgumentException">The array has another length.</exception>
    public Raster(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || pixels.Length != width * height * 4)
            throw new ArgumentException($"A raster of {width}x{height} needs {width * height * 4} bytes, not {pixels.Length}.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Red, green, blue, alpha of every pixel, premultiplied.</summary>
    public byte[] Pixels { get; }

    /// <summary>Premultiplies pixels that are not, in place, and wraps them.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">Straight red, green, blue, alpha; changed by the call.</param>
    public static Raster FromStraight(int width, int height, byte[] pixels)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var alpha = pixels[i + 3];
            if (alpha == 255) continue;
            pixels[i] = (byte)(pixels[i] * alpha / 255);
            pixels[i + 1] = (byte)(pixels[i + 1] * alpha / 255);
            pixels[i + 2] = (byte)(pixels[i + 2] * alpha / 255);
        }
        return new Raster(width, height, pixels);
    }

    /// <summary>Reads the size of a PNG file from its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is not a PNG.</exception>
    public static (int Width, int Height) PngSize(string path)
    {
        Span<byte> head = stackalloc byte[24];
        using var file = File.OpenRead(path);
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || head[1] != 'P' || head[2] != 'N' || head[3] != 'G')
            throw new InvalidDataException($"{path} is not a PNG picture.");
        return (BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..]));
    }

    /// <summary>Cuts a rectangle down to what is not fully transparent.</summary>
    /// <param name="top">First row of the rectangle.</param>
    /// <param name="height">Rows of the rectangle.</param>
    /// <returns>The cut and where it lay inside the rectangle; null when all of it is transparent.</returns>
    public (Raster Picture, int X, int Y)? CutBand(int top, int height)
    {
        var (left, right, first, last) = (Width, -1, height, -1);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (Pixels[((top + y) * Width + x) * 4 + 3] == 0) continue;
                (left, right, first, last) = (Math.Min(left, x), Math.Max(right, x), Math.Min(first, y), y);
            }
        }
        if (right < 0) return null;
        var (w, h) = (right - left + 1, last - first + 1);
        var cut = new byte[w * h * 4];
        for (var y = 0; y < h; y++)
            Buffer.BlockCopy(Pixels, ((top + first + y) * Width + left) * 4, cut, y * w * 4, w * 4);
        return (new Raster(w, h, cut), left, first);
    }

    /// <summary>The same picture, each pixel the mean of the square around it.</summary>
    /// <param name="radius">Pixels on each side of the middle one, at least 1.</param>
    public Raster Blurred(int radius)
    {
        var result = new byte[Pixels.Length];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                for (var c = 0; c < 4; c++)
                {
                    var (sum, n) = (0, 0);
                    for (var v = Math.Max(0, y - radius); v <= Math.Min(Height - 1, y + radius); v++)
                        for (var u = Math.Max(0, x - radius); u <= Math.Min(Width - 1, x + radius); u++, n++)
                            sum += Pixels[(v * Width + u) * 4 + c];
                    result[(y * Width + x) * 4 + c] = (byte)((sum + n / 2) / n);
                }
            }
        }
        return new Raster(Width, Height, result);
    }
}
