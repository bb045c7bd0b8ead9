using SkiaSharp;

namespace FaceAd.Tests.Creatives;

/// <summary>Writes animated WebP frame by frame, as encoders seldom do: with parts, holes, layers and uneven times.</summary>
static class AnimatedWebP
{
    /// <param name="width">Width of the canvas.</param>
    /// <param name="height">Height of the canvas.</param>
    /// <param name="frames">The frames, each of one colour.</param>
    public static byte[] Make(int width, int height, params Frame[] frames)
    {
        byte[] content =
        [
            .. "WEBP"u8, .. Chunk("VP8X"u8, [0x12, 0, 0, 0, .. Three(width - 1), .. Three(height - 1)]), // moves, may be transparent
            .. Chunk("ANIM"u8, new byte[6]), .. frames.SelectMany(Part),
        ];
        return Chunk("RIFF"u8, content);
    }

    private static byte[] Part(Frame frame) => Chunk("ANMF"u8,
    [
        .. Three(frame.X / 2), .. Three(frame.Y / 2), .. Three(frame.Width - 1), .. Three(frame.Height - 1), .. Three(frame.Milliseconds),
        (byte)((frame.Blends ? 0 : 2) | (frame.Clears ? 1 : 0)), .. Picture(frame),
    ]);

    private static byte[] Picture(Frame frame)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Erase(SKColor.Parse(frame.Colour));
        using var pixels = bitmap.PeekPixels();
        using var file = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 10));
        var bytes = file!.ToArray();
        var at = bytes.AsSpan().IndexOf("VP8L"u8);
        return bytes[at..(at + 8 + ((BitConverter.ToInt32(bytes, at + 4) + 1) & ~1))];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content) =>
        [.. name, .. BitConverter.GetBytes(content.Length), .. content, .. new byte[content.Length % 2]];

    private static byte[] Three(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    /// <param name="X">Left edge, even.</param>
    /// <param name="Y">Upper edge, even.</param>
    /// <param name="Width">Its width.</param>
    /// <param name="Height">Its height.</param>
    /// <param name="Colour">Its colour, such as "#80ff0000" for half transparent red.</param>
    /// <param name="Milliseconds">How long it is shown.</param>
    /// <param name="Blends">Whether it lies on what was there before; otherwise it takes its place.</param>
    /// <param name="Clears">Whether it leaves a hole.</param>
    public sealed record Frame(
        int X, int Y, int Width, int Height, string Colour, int Milliseconds, bool Blends = true, bool Clears = false);
}
