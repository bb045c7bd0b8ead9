using System.Buffers.Binary;

namespace FaceAd.Web.Creatives;

/// <summary>A supported file type, and the only demuxer that ever opens it.</summary>
/// <param name="Demuxer">Its name in ffmpeg, always passed explicitly: content never chooses a demuxer.</param>
/// <param name="Form">What it holds.</param>
/// <param name="Width">Width from a picture's header; 0 for videos.</param>
/// <param name="Height">Height from a picture's header; 0 for videos.</param>
sealed record MediaKind(string Demuxer, MediaForm Form, int Width = 0, int Height = 0)
{
    private const int Enough = 256 * 1024; // a JPEG's size may come after a colour profile and a thumbnail

    private static readonly string[] QuickTime = ["ftyp", "moov", "wide", "mdat", "free", "skip", "pnot"];
    private static readonly string[] Heif = ["heic", "heix", "hevc", "heim", "mif1", "msf1", "avif", "avis"];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static ReadOnlySpan<byte> MatroskaStart => [0x1A, 0x45, 0xDF, 0xA3];

    private static ReadOnlySpan<byte> ProgramStreamStart => [0, 0, 1, 0xBA];

    private static ReadOnlySpan<byte> SequenceStart => [0, 0, 1, 0xB3];

    private static ReadOnlySpan<byte> AsfStart => [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11];

    private static ReadOnlySpan<byte> MxfStart => [6, 0x0E, 0x2B, 0x34, 2, 5, 1, 1, 0x0D, 1, 2, 1, 1, 2];

    /// <summary>Whether it is a picture that stands still.</summary>
    public bool IsStill => Form == MediaForm.Still;

    /// <summary>
    /// Detects a file's type from its first bytes; null for anything unsupported: playlists and the rest.
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
        : start[4..8].SequenceEqual("ftyp"u8) && Is(start[8..12], Heif) ? new("", MediaForm.Heif)
        : Is(start[4..8], QuickTime) ? new("mov", MediaForm.Video)
        : start.StartsWith(MatroskaStart) ? new("matroska", MediaForm.Video)
        : start.StartsWith(ProgramStreamStart) ? new("mpeg", MediaForm.Video)
        : start.StartsWith(SequenceStart) ? new("mpegvideo", MediaForm.Video)
        : IsTransportStream(start) ? new("mpegts", MediaForm.Video)
        : start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("AVI "u8) ? new("avi", MediaForm.Video)
        : start.StartsWith(AsfStart) ? new("asf", MediaForm.Video)
        : start.StartsWith(MxfStart) ? new("mxf", MediaForm.Video)
        : start.StartsWith("FLV\x01"u8) ? new("flv", MediaForm.Video)
        : start.StartsWith(PngStart) && start[12..16].SequenceEqual("IHDR"u8) ? Png(start)
        : start.StartsWith("GIF8"u8) && start[5] == 'a' ? new("gif", MediaForm.Moving, Little16(start[6..]), Little16(start[8..]))
        : start[0] == 0xFF && start[1] == 0xD8 && start[2] == 0xFF ? Jpeg(start)
        : start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8) ? WebP(start)
        : IsSound(start) ? new("", MediaForm.Sound)
        : IsDocument(start) ? new("", MediaForm.Document)
        : null;

    private static bool Is(ReadOnlySpan<byte> word, string[] words)
    {
        foreach (var known in words)
        {
            if (word.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(known))) return true;
        }
        return false;
    }

    // Packets of 188 bytes that each start with a mark, on discs behind a time of four bytes.
    private static bool IsTransportStream(ReadOnlySpan<byte> b)
    {
        foreach (var (at, step) in (ReadOnlySpan<(int, int)>)[(0, 188), (4, 192)])
        {
            if (b.Length > at + (2 * step) && b[at] == 0x47 && b[at + step] == 0x47 && b[at + (2 * step)] == 0x47) return true;
        }
        return false;
    }

    private static bool IsSound(ReadOnlySpan<byte> b) =>
        b.StartsWith("ID3"u8) || b.StartsWith("fLaC"u8) || b.StartsWith("OggS"u8)
            || (b[0] == 0xFF && (b[1] & 0xE0) == 0xE0 && (b[1] & 6) != 6) // MP3, AAC; not text in UTF-16
            || (b.StartsWith("RIFF"u8) && b[8..12].SequenceEqual("WAVE"u8)) || (b.StartsWith("FORM"u8) && b[8..11].SequenceEqual("AIF"u8));

    // Pages, drawings, slides and whatever else is an archive.
    private static bool IsDocument(ReadOnlySpan<byte> b) =>
        b.StartsWith("%PDF-"u8) || b.StartsWith("8BPS"u8) || b.StartsWith("%!PS"u8) || b.StartsWith("PK\x03\x04"u8)
            || b[..Math.Min(b.Length, 1024)].IndexOf("<svg"u8) >= 0;

    /// <summary>A moving one says so in a chunk before its first picture.</summary>
    private static MediaKind Png(ReadOnlySpan<byte> b)
    {
        var (width, height) = (Big32(b[16..]), Big32(b[20..]));
        for (long at = 8; at + 8 <= b.Length; at += 12L + BinaryPrimitives.ReadUInt32BigEndian(b[(int)at..]))
        {
            var chunk = b.Slice((int)at + 4, 4);
            if (chunk.SequenceEqual("acTL"u8)) return new("apng", MediaForm.Moving, width, height);
            if (chunk.SequenceEqual("IDAT"u8)) break;
        }
        return new("png_pipe", MediaForm.Still, width, height);
    }

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
                return new("jpeg_pipe", MediaForm.Still, BinaryPrimitives.ReadUInt16BigEndian(b[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(b[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(b[(at + 2)..]);
        }
        return null;
    }

    private static MediaKind? WebP(ReadOnlySpan<byte> b) =>
        b[12..16].SequenceEqual("VP8X"u8)
            ? new("webp_pipe", (b[20] & 2) != 0 ? MediaForm.Moving : MediaForm.Still, Little24(b[24..]) + 1, Little24(b[27..]) + 1)
        : b[12..16].SequenceEqual("VP8L"u8) ? Lossless(BinaryPrimitives.ReadUInt32LittleEndian(b[21..]))
        : b[12..16].SequenceEqual("VP8 "u8)
            ? new("webp_pipe", MediaForm.Still, Little16(b[26..]) & 0x3FFF, Little16(b[28..]) & 0x3FFF)
        : null;

    private static MediaKind Lossless(uint bits) =>
        new("webp_pipe", MediaForm.Still, (int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);

    private static int Little16(ReadOnlySpan<byte> b) => BinaryPrimitives.ReadUInt16LittleEndian(b);

    private static int Little24(ReadOnlySpan<byte> b) => b[0] | (b[1] << 8) | (b[2] << 16);
}

/// <summary>What a file holds, as its first bytes say.</summary>
enum MediaForm
{
    /// <summary>A video.</summary>
    Video = 0,

    /// <summary>A picture.</summary>
    Still = 1,

    /// <summary>A picture that moves, for ever or so many times.</summary>
    Moving = 2,

    /// <summary>Sound alone.</summary>
    Sound = 3,

    /// <summary>A HEIF picture, which is not decoded.</summary>
    Heif = 4,

    /// <summary>A document, drawing or archive, such as PDF, SVG, PSD, slides or ZIP.</summary>
    Document = 5,
}
