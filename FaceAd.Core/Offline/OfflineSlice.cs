using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FaceAd.Core.Offline;

/// <summary>
/// How often a screen may play a creative by itself, and when: a UUID of version 8 holds it, 48 bits of the beginning in milliseconds, 12
/// bits of the number of plays, 14 bits of the length in minutes, and 48 bits of the server's seal.
/// </summary>
/// <param name="From">First instant at which a play may begin, in whole milliseconds.</param>
/// <param name="Until">First instant at which none may begin any more; whole minutes later.</param>
/// <param name="Plays">Number of plays, 1 to <see cref="MostPlays"/>.</param>
public readonly record struct OfflineSlice(DateTimeOffset From, DateTimeOffset Until, int Plays)
{
    /// <summary>The most plays of a slice.</summary>
    public const int MostPlays = 0xFFF;

    /// <summary>Bytes of an id that hold the slice; the seal follows.</summary>
    public const int Named = 10;

    private static readonly long Latest = DateTimeOffset.MaxValue.AddDays(-30).ToUnixTimeMilliseconds();

    /// <summary>Least time between two plays of it, so that they last as long as the slice does.</summary>
    public TimeSpan Pace => (Until - From) / Plays;

    /// <summary>Writes it into the first <see cref="Named"/> bytes of an id.</summary>
    public void WriteTo(Span<byte> id)
    {
        WriteStart(id, Plays);
        BinaryPrimitives.WriteUInt16BigEndian(id[8..], (ushort)(0x8000 | (int)(Until - From).TotalMinutes));
    }

    /// <summary>The slice in an id, whether or not its seal is right; null when the id holds none.</summary>
    public static OfflineSlice? In(Guid decisionId)
    {
        Span<byte> id = stackalloc byte[16];
        decisionId.TryWriteBytes(id, bigEndian: true, out _);
        var at = BinaryPrimitives.ReadInt64BigEndian(id) >>> 16;
        var (plays, minutes) = (BinaryPrimitives.ReadUInt16BigEndian(id[6..]), BinaryPrimitives.ReadUInt16BigEndian(id[8..]));
        if (plays >> 12 != 8 || minutes >> 14 != 2 || at > Latest || (plays & MostPlays) == 0) return null;
        var from = DateTimeOffset.FromUnixTimeMilliseconds(at);
        return new OfflineSlice(from, from.AddMinutes(minutes & 0x3FFF), plays & MostPlays);
    }

    /// <summary>
    /// The id of one of its plays. It says which of the slice's plays it is, so that each counts once, however often it is reported; and it
    /// depends on the slice's beginning and not on its size, so that the same slice given out again is no second one.
    /// </summary>
    /// <param name="playKey">The screen's key.</param>
    /// <param name="creativeId">The creative.</param>
    /// <param name="number">Which of its plays, from 1.</param>
    public Guid PlayId(Guid playKey, Guid creativeId, int number)
    {
        Span<byte> id = stackalloc byte[16];
        WriteStart(id, number);
        Span<byte> text = stackalloc byte[40];
        playKey.TryWriteBytes(text, bigEndian: true, out _);
        creativeId.TryWriteBytes(text[16..], bigEndian: true, out _);
        id[..8].CopyTo(text[32..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        hash[..8].CopyTo(id[8..]);
        id[8] = (byte)(0x80 | (id[8] & 0x3F)); // the variant of a UUID
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Whether a play is one of the slice's.</summary>
    /// <param name="playId">The play.</param>
    /// <param name="playKey">The screen's key.</param>
    /// <param name="creativeId">The creative.</param>
    public bool Has(Guid playId, Guid playKey, Guid creativeId)
    {
        Span<byte> id = stackalloc byte[16];
        playId.TryWriteBytes(id, bigEndian: true, out _);
        var number = BinaryPrimitives.ReadUInt16BigEndian(id[6..]) & MostPlays;
        return number >= 1 && number <= Plays && playId == PlayId(playKey, creativeId, number);
    }

    private void WriteStart(Span<byte> id, int number)
    {
        BinaryPrimitives.WriteInt64BigEndian(id, From.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)(0x8000 | number)); // version 8
    }
}
