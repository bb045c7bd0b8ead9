using System.Buffers.Binary;

namespace FaceAd.Web.Creatives;

/// <summary>A supported file type, and the only demuxer that ever opens it.</summary>
/// <param name="Demuxer">Its name in ffmpeg, always passed explicitly: content never chooses a demuxer.</param>
/// <param name="IsStill">Whether it is a still image.</param>
/// <param name="Width">Width from a still's header; 0 for videos.</param>
/// <param name="Height">Height from a still's header; 0 for videos.</param>
sealed record MediaKind(string Demuxer, bool IsStill, int Width = 0, int Height = 0)
{
    private const int Enough = 256 * 1024; // a JPEG's size may come after a colour profile and a thumbnail

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static ReadOnlySpan<byte> MatroskaStart => [0x1A, 0x45, 0xDF, 0xA3];

    /// <summary>
    /// Detects a file's type from its first bytes; null for anything unsupported: playlists, SVG, documents, archives and the rest.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<MediaKind?> OfAsync(string path, CancellationToken cancellation)
    {
        var start = new byte[Enough];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        return Of(start.AsSpan(0, await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation)));
    }

    /// <summary>Detects the type from the first bytes.</summary>
    public static MediaKind? Of(ReadOnlySpan<byte> start) =>
        start.Length < 32 ? null
        : start[4..8].SequenceEqual("ftyp"u8) || start[4..8].SequenceEqual("moov"u8) || start[4..8].SequenceEqual("wide"u8)
            ? new("mov", false)
        : start.StartsWith(MatroskaStart) ? new("matroska", false)
        : start.StartsWith(PngStart) && start[12..16].SequenceEqual("IHDR"u8) ? Png(start)
        : start[0] == 0xFF && start[1] == 0xD8 && start[2] == 0xFF ? Jpeg(start)
        : start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8) ? WebP(start)
        : null;

    private static MediaKind Png(ReadOnlySpan<byte> b) =>
        new("png_pipe", true, Big32(b[16..]), Big32(b[20..]));

    private static int Big32(ReadOnlySpan<byte> b) => (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(b));

    /// <summary>Walks the segments up to the frame header.</summary>
    private static MediaKind? Jpeg(ReadOnlySpan<byte> b)
    {
        for (var at = 2; at + 9 < b.Length && b[at] == 0xFF;)
        {
            var marker = b[at + 1];
            if (marker == 0xFF)
            {
                at++; // fill byte
                continue;
            }
            if (marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC)
                return new("jpeg_pipe", true, BinaryPrimitives.ReadUInt16BigEndian(b[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(b[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(b[(at + 2)..]);
        }
        return null;
    }

    private static MediaKind? WebP(ReadOnlySpan<byte> b) =>
        b[12..16].SequenceEqual("VP8X"u8) ? new("webp_pipe", true, Little24(b[24..]) + 1, Little24(b[27..]) + 1)
        : b[12..16].SequenceEqual("VP8L"u8) ? Lossless(BinaryPrimitives.ReadUInt32LittleEndian(b[21..]))
        : b[12..16].SequenceEqual("VP8 "u8)
            ? new("webp_pipe", true, BinaryPrimitives.ReadUInt16LittleEndian(b[26..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(b[28..]) & 0x3FFF)
        : null;

    private static MediaKind Lossless(uint bits) => new("webp_pipe", true, (int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);

    private static int Little24(ReadOnlySpan<byte> b) => b[0] | (b[1] << 8) | (b[2] << 16);
}
