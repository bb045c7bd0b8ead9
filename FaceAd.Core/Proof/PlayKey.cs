using System.Security.Cryptography;

namespace FaceAd.Core.Proof;

/// <summary>The public half of a player's key: ECDSA on the curve P-256. Thread-safe.</summary>
public sealed class PlayKey : IDisposable
{
    /// <summary>Bytes of a public key: SubjectPublicKeyInfo with an uncompressed point.</summary>
    public const int Bytes = 91;

    // What stands before the point's 64 bytes, the same for every such key.
    private static readonly byte[] Head = Convert.FromHexString("3059301306072A8648CE3D020106082A8648CE3D03010703420004");

    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private PlayKey(byte[] publicKey, ECDsa key) => (PublicKey, Fingerprint, _key) = (publicKey, FingerprintOf(publicKey), key);

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>SHA-256 of the public key, 64 lower-case hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads a public key; null when it is none of this kind.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, from anybody.</param>
    public static PlayKey? Read(byte[] publicKey)
    {
        if (publicKey.Length != Bytes || !publicKey.AsSpan().StartsWith(Head)) return null;
        try
        {
            var half = (Bytes - Head.Length) / 2;
            return new PlayKey(publicKey, ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = publicKey[Head.Length..(Head.Length + half)], Y = publicKey[(Head.Length + half)..] },
            }));
        }
        catch (CryptographicException)
        {
            return null; // not a point of the curve
        }
    }

    /// <summary>See <see cref="Fingerprint"/>.</summary>
    public static string FingerprintOf(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    /// <summary>Whether a signature is this key's, of this link.</summary>
    /// <param name="link">The link, 32 bytes.</param>
    /// <param name="signature">ASN.1 DER, from anybody.</param>
    public bool Verify(ReadOnlySpan<byte> link, ReadOnlySpan<byte> signature)
    {
        try
        {
            lock (_lock) return _key.VerifyHash(link, signature, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false; // no signature at all
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
