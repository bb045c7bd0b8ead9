using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Audiences;

/// <summary>Encrypts the templates of one site and epoch (AES-256-GCM). Knows its key; ask <see cref="EpochKeys"/> for one.</summary>
/// <param name="key">32 bytes.</param>
public sealed class TemplateCipher(byte[] key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Encrypts a template. The person's identity is authenticated with it, so that rows cannot be swapped.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="template">What to protect.</param>
    /// <returns>Nonce, tag and ciphertext, one after the other.</returns>
    public byte[] Protect(Guid personId, ReadOnlySpan<byte> template)
    {
        var sealedTemplate = new byte[NonceBytes + TagBytes + template.Length];
        RandomNumberGenerator.Fill(sealedTemplate.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            sealedTemplate.AsSpan(0, NonceBytes), template, sealedTemplate.AsSpan(NonceBytes + TagBytes),
            sealedTemplate.AsSpan(NonceBytes, TagBytes), personId.ToByteArray());
        return sealedTemplate;
    }

    /// <summary>Decrypts a template.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="sealedTemplate">What <see cref="Protect"/> made.</param>
    /// <exception cref="CryptographicException">Another key, another person, or a changed row.</exception>
    public byte[] Unprotect(Guid personId, ReadOnlySpan<byte> sealedTemplate)
    {
        if (sealedTemplate.Length < NonceBytes + TagBytes) throw new CryptographicException("The template is cut short.");
        var template = new byte[sealedTemplate.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            sealedTemplate[..NonceBytes], sealedTemplate[(NonceBytes + TagBytes)..],
            sealedTemplate.Slice(NonceBytes, TagBytes), template, personId.ToByteArray());
        return template;
    }
}

/// <summary>
/// Keeps one key per site and epoch. Keys are stored encrypted under the installation's key ring, which lies outside the
/// database: a stolen database shows no template.
/// </summary>
public sealed class EpochKeys(
    IDbContextFactory<FaceAdDbContext> contexts, IDataProtectionProvider protection, TimeProvider time, ILogger<EpochKeys> log)
{
    private readonly IDataProtector _ring = protection.CreateProtector("FaceAd.EpochKeys");
    private readonly ConcurrentDictionary<(Guid Site, int Epoch), TemplateCipher> _ciphers = new();

    /// <summary>The cipher of a site's epoch; its key is made at the first call.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="epoch">Number of the epoch.</param>
    public async Task<TemplateCipher> GetAsync(Guid siteId, int epoch)
    {
        if (_ciphers.TryGetValue((siteId, epoch), out var known)) return known;
        await using var db = await contexts.CreateDbContextAsync();
        var fresh = _ring.Protect(RandomNumberGenerator.GetBytes(32));
        // Two nodes may come here at once: the first insert wins, and both read what won.
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO epoch_keys (site_id, epoch, protected_key, created_at) VALUES ({siteId}, {epoch}, {fresh}, {time.GetUtcNow()}) ON CONFLICT DO NOTHING");
        var row = await db.EpochKeys.SingleAsync(k => k.SiteId == siteId && k.Epoch == epoch);
        byte[] key;
        try
        {
            key = _ring.Unprotect(row.ProtectedKey);
        }
        catch (CryptographicException)
        {
            // The key ring was lost or replaced: what was encrypted under the old key can never be read again.
            log.LogError("The key of epoch {Epoch} at site {SiteId} cannot be read: was the folder of the key ring restored with the database? "
                + "A new key is used; persons of that epoch will be counted anew", epoch, siteId);
            await db.EpochKeys.Where(k => k.SiteId == siteId && k.Epoch == epoch).ExecuteUpdateAsync(k => k.SetProperty(x => x.ProtectedKey, fresh));
            key = _ring.Unprotect(fresh);
        }
        return _ciphers.GetOrAdd((siteId, epoch), new TemplateCipher(key));
    }
}
