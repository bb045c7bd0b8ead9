using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace FaceAd.Core.Proof;

/// <summary>
/// A player's signature of a play, and the play's place in the chain of that key. It carries what a check needs: it holds by itself,
/// whatever of the chain has arrived.
/// </summary>
/// <param name="Key">Public key: SubjectPublicKeyInfo of a P-256 key, <see cref="PlayKey.Bytes"/> bytes.</param>
/// <param name="Number">Number of the play among all that this key has signed, from 1, without gaps.</param>
/// <param name="Previous">Link of the play before it, 32 bytes; zeros for the first. See <see cref="LinkOf"/>.</param>
/// <param name="Signature">ECDSA signature of its own link, as ASN.1 DER.</param>
public sealed record PlaySeal(byte[] Key, long Number, byte[] Previous, byte[] Signature)
{
    /// <summary>Bytes of a link and of a hash.</summary>
    public const int HashBytes = 32;

    /// <summary>More bytes than a signature has.</summary>
    public const int MaxSignature = 80;

    /// <summary>Whether it has the shape of a seal: its parts are there, and as long as they may be.</summary>
    [JsonIgnore]
    public bool IsSound => Key?.Length == PlayKey.Bytes && Number >= 1 && Previous?.Length == HashBytes
        && Signature is { Length: > 0 and <= MaxSignature };

    /// <summary>
    /// The link of a play: SHA-256 of the previous link, the number (8 bytes, the highest first) and the payload's hash. It stands for the
    /// play and for all before it.
    /// </summary>
    public static byte[] LinkOf(ReadOnlySpan<byte> previous, long number, ReadOnlySpan<byte> payloadHash)
    {
        Span<byte> text = stackalloc byte[HashBytes + sizeof(long) + HashBytes];
        previous.CopyTo(text);
        BinaryPrimitives.WriteInt64BigEndian(text[HashBytes..], number);
        payloadHash.CopyTo(text[(HashBytes + sizeof(long))..]);
        return SHA256.HashData(text);
    }
}
