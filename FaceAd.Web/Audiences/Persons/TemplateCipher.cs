using System.Security.Cryptography;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>Encrypts the templates of one site and epoch (AES-256-GCM). Knows its key; ask <see cref="EpochKeys"/> for one.</summary>
/// <param name="key">32 bytes.</param>
sealed class TemplateCipher(byte[] key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private bool _wiped;

    /// <summary>Encrypts a template. The person's identity is authenticated with it, so that rows cannot be swapped.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="template">What to protect.</param>
    /// <returns>Nonce, tag and ciphertext, one after the other.</returns>
    public byte[] Protect(Guid personId, ReadOnlySpan<byte> template)
    {
        ObjectDisposedException.ThrowIf(_wiped, this);
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
        ObjectDisposedException.ThrowIf(_wiped, this);
        if (sealedTemplate.Length < NonceBytes + TagBytes) throw new CryptographicException("The template is cut short.");
        var template = new byte[sealedTemplate.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            sealedTemplate[..NonceBytes], sealedTemplate[(NonceBytes + TagBytes)..],
            sealedTemplate.Slice(NonceBytes, TagBytes), template, personId.ToByteArray());
        return template;
    }

    /// <summary>Overwrites the key; nothing can be encrypted or decrypted any more.</summary>
    public void Wipe()
    {
        _wiped = true;
        CryptographicOperations.ZeroMemory(key);
    }
}
