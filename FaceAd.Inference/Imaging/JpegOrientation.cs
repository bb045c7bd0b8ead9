using System.Buffers.Binary;

namespace FaceAd.Inference.Imaging;

/// <summary>
/// How a picture is stored, by the tag Orientation of its EXIF (CIPA DC-008, 4.6.5): what a camera that hangs sideways says, and what a
/// player says of one that does not know.
/// </summary>
public static class JpegOrientation
{
    /// <summary>As it is seen.</summary>
    public const int Upright = 1;

    const int MostEntries = 128;
    const ushort Tag = 0x0112, Short = 3;

    // SOI is not part of it: APP1 of 34 bytes, "Exif", a big-endian TIFF header and one entry, whose value is at Value.
    const int Value = 29;
    static readonly byte[] Turned =
    [
        0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0, (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    // Each turned clockwise by a quarter is the next.
    static readonly int[] Rotated = [1, 6, 3, 8], Mirrored = [2, 7, 4, 5];

    /// <summary>Reads it. A tag of <see cref="TagOf"/> turns what the picture's own one has turned.</summary>
    /// <param name="jpeg">The file.</param>
    /// <returns>1..8; <see cref="Upright"/> where the file does not say, or cannot be read.</returns>
    public static int Of(ReadOnlySpan<byte> jpeg)
    {
        if (jpeg.Length < 4 || jpeg[0] != 0xFF || jpeg[1] != 0xD8) return Upright;
        var ours = Upright;
        // The segments before the picture; each names its length.
        for (var at = 2; at + 4 <= jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] is not (0xDA or 0xD9);)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (length < 2 || at + 2 + length > jpeg.Length) return ours;
            var content = jpeg.Slice(at + 4, length - 2);
            if (jpeg[at + 1] == 0xE1 && content.StartsWith("Exif\0\0"u8))
            {
                var found = OfTiff(content[6..]);
                if (at > 2 || !jpeg[at..].StartsWith(Turned.AsSpan(0, Value))) return Both(found, ours);
                ours = found;
            }
            at += 2 + length;
        }
        return ours;
    }

    /// <summary>The bytes that say, after the first two of a JPEG, that it must be turned to be upright.</summary>
    /// <param name="degrees">Clockwise: 90, 180 or 270.</param>
    public static byte[] TagOf(int degrees)
    {
        byte[] tag = [.. Turned];
        tag[Value] = degrees switch
        {
            90 => 6,
            180 => 3,
            270 => 8,
            _ => throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "90, 180 or 270"),
        };
        return tag;
    }

    /// <summary>Whether width and height change places.</summary>
    internal static bool Swaps(int orientation) => orientation >= 5;

    /// <summary>Copies a picture as it is seen.</summary>
    /// <param name="from">As it is stored.</param>
    /// <param name="into">As it is seen; resized.</param>
    /// <param name="orientation">2..8.</param>
    internal static void Turn(PixelBuffer from, PixelBuffer into, int orientation)
    {
        var channels = from.Channels;
        var (width, height) = Swaps(orientation) ? (from.Height, from.Width) : (from.Width, from.Height);
        into.Resize(width, height, channels);
        var (right, down) = (from.Width - 1, from.Height - 1);
        // Where the first pixel comes from, and the steps in the source for one to the right and one down.
        var (x, y, stepX, stepY) = orientation switch
        {
            2 => (right, 0, -channels, from.Stride),
            3 => (right, down, -channels, -from.Stride),
            4 => (0, down, channels, -from.Stride),
            5 => (0, 0, from.Stride, channels),
            6 => (0, down, -from.Stride, channels),
            7 => (right, down, -from.Stride, -channels),
            8 => (right, 0, from.Stride, -channels),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "2..8"),
        };
        var source = from.Pixels;
        for (var row = 0; row < height; row++)
        {
            var target = into.Row(row);
            var at = (y * from.Stride) + (x * channels) + (row * stepY);
            for (var i = 0; i < target.Length; i += channels, at += stepX)
                source.Slice(at, channels).CopyTo(target[i..]);
        }
    }

    // One orientation, and after it a turn.
    static int Both(int orientation, int turn)
    {
        var ring = Rotated.Contains(orientation) ? Rotated : Mirrored;
        return ring[(Array.IndexOf(ring, orientation) + Math.Max(0, Array.IndexOf(Rotated, turn))) % ring.Length];
    }

    static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return Upright;
        var isLittle = tiff.StartsWith("II"u8);
        if (!isLittle && !tiff.StartsWith("MM"u8)) return Upright;
        var offset = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (offset > (uint)tiff.Length - 2) return Upright;
        var directory = tiff[(int)offset..];
        var entries = Math.Min(Short16(directory), MostEntries);
        for (var i = 0; i < entries && 2 + (12 * (i + 1)) <= directory.Length; i++)
        {
            var entry = directory.Slice(2 + (12 * i), 12);
            if (Short16(entry) != Tag) continue;
            return Short16(entry[2..]) == Short && Short16(entry[8..]) is >= 1 and <= 8 and var found ? found : Upright;
        }
        return Upright;

        int Short16(ReadOnlySpan<byte> bytes) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
