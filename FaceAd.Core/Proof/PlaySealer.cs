using System.Security.Cryptography;

namespace FaceAd.Core.Proof;

/// <summary>A key with its private half, and the end of its chain: seals one report after the other. Not thread-safe.</summary>
public sealed class PlaySealer : IDisposable
{
    private readonly ECDsa _key;
    private readonly byte[] _publicKey;

    /// <summary>Goes on with a chain.</summary>
    /// <param name="key">A P-256 key with its private half; disposed with this.</param>
    /// <param name="screenId">The screen whose plays it seals.</param>
    /// <param name="number">Number of the newest sealed play; 0 before the first.</param>
    /// <param name="link">Link of that play; null for none.</param>
    public PlaySealer(ECDsa key, Guid screenId, long number = 0, byte[]? link = null)
    {
        (_key, ScreenId, Number, Link) = (key, screenId, number, link ?? new byte[PlaySeal.HashBytes]);
        _publicKey = key.ExportSubjectPublicKeyInfo();
        Fingerprint = PlayKey.FingerprintOf(_publicKey);
    }

    /// <summary>Begins a chain with a new key.</summary>
    /// <param name="screenId">The screen.</param>
    public PlaySealer(Guid screenId)
        : this(ECDsa.Create(ECCurve.NamedCurves.nistP256), screenId)
    {
    }

    /// <summary>The screen whose plays it seals.</summary>
    public Guid ScreenId { get; }

    /// <summary>See <see cref="PlayKey.Fingerprint"/>.</summary>
    public string Fingerprint { get; }

    /// <summary>Number of the newest sealed play; 0 before the first.</summary>
    public long Number { get; private set; }

    /// <summary>Link of the newest sealed play; zeros before the first.</summary>
    public byte[] Link { get; private set; }

    /// <summary>The private half, as PKCS #8.</summary>
    public byte[] ExportPrivateKey() => _key.ExportPkcs8PrivateKey();

    /// <summary>The report with the next seal. The chain goes on only with <see cref="Keep"/>.</summary>
    /// <param name="report">A report whose times are the server's.</param>
    public PlayReport Seal(PlayReport report)
    {
        var link = LinkOf(report, Number + 1, Link);
        var signature = _key.SignHash(link, DSASignatureFormat.Rfc3279DerSequence);
        return report with { Seal = new PlaySeal(_publicKey, Number + 1, Link, signature) };
    }

    /// <summary>Makes a sealed report the newest of the chain.</summary>
    /// <param name="report">A report that this key has sealed, newer than <see cref="Number"/>.</param>
    public void Keep(PlayReport report)
    {
        var seal = report.Seal!;
        (Number, Link) = (seal.Number, LinkOf(report, seal.Number, seal.Previous));
    }

    /// <summary>Seals reports, one after the other.</summary>
    public IReadOnlyList<PlayReport> SealAll(IEnumerable<PlayReport> reports) => [.. reports.Select(report =>
    {
        var done = Seal(report);
        Keep(done);
        return done;
    })];

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private byte[] LinkOf(PlayReport report, long number, byte[] previous) =>
        PlaySeal.LinkOf(previous, number, PlayPayload.Hash(PlayPayload.Write(ScreenId, report)));
}
