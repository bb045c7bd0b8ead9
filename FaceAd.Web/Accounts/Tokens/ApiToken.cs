using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Web.Accounts.Tokens;

/// <summary>A secret that lets a program act for an organisation: 256 random bits, shown once, stored as a hash.</summary>
sealed class ApiToken
{
    /// <summary>Prefix of every token, so that secret scanners recognise it.</summary>
    public const string Prefix = "fat_";

    /// <summary>The most characters of <see cref="Name"/>.</summary>
    public const int MaxName = 80;

    /// <summary>Identity; not the secret.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The organisation it acts for.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>
    /// Account that created it; the token becomes invalid when that account is removed or no longer manages the organisation.
    /// </summary>
    public required Guid CreatedBy { get; init; }

    /// <summary>Sign-in name of that account at the time.</summary>
    public required string CreatedByName { get; init; }

    /// <summary>Description given by its creator.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret. It has 256 bits of entropy, so an unsalted hash cannot be reversed by guessing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Its first characters, to tell tokens apart in lists.</summary>
    public required string Start { get; init; }

    /// <summary>Granted scopes, see <see cref="ApiScopes"/>.</summary>
    public required string[] Scopes { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires, exclusive; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute; null: never.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When it was revoked; null: it was not.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    internal static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
