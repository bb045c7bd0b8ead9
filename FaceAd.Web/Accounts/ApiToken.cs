using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>What API tokens may do.</summary>
static class ApiScopes
{
    /// <summary>Read campaigns, creatives and their delivery explanations.</summary>
    public const string CampaignsRead = "campaigns:read";

    /// <summary>Create, change and submit campaigns; upload creatives.</summary>
    public const string CampaignsWrite = "campaigns:write";

    /// <summary>Read campaign figures.</summary>
    public const string ReportsRead = "reports:read";

    /// <summary>Create links that show a report to people without an account.</summary>
    public const string ReportsWrite = "reports:write";

    /// <summary>Read the token creator's notifications, and which of them are mailed.</summary>
    public const string NotificationsRead = "notifications:read";

    /// <summary>Mark notifications as read, and choose which are mailed.</summary>
    public const string NotificationsWrite = "notifications:write";

    /// <summary>Read the organisation, its people, invitations and tokens.</summary>
    public const string MembersRead = "members:read";

    /// <summary>Invite, change roles, remove accounts, revoke tokens: as powerful as a person who manages the organisation.</summary>
    public const string MembersWrite = "members:write";

    /// <summary>Read sites and screens; media owner only.</summary>
    public const string ScreensRead = "screens:read";

    /// <summary>Create and change sites and screens; media owner only.</summary>
    public const string ScreensWrite = "screens:write";

    /// <summary>Read the audit log; media owner only.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>The scopes an organisation can grant.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? OfMediaOwner : OfAdvertisers;

    /// <summary>Whether a scope changes something.</summary>
    public static bool Writes(string scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.EndsWith(":write", StringComparison.Ordinal);
    }

    private static readonly string[] OfAdvertisers =
        [CampaignsRead, CampaignsWrite, ReportsRead, ReportsWrite, NotificationsRead, NotificationsWrite, MembersRead, MembersWrite];

    private static readonly string[] OfMediaOwner = [.. OfAdvertisers, ScreensRead, ScreensWrite, AuditRead];
}

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

sealed class ApiTokenConfiguration : IEntityTypeConfiguration<ApiToken>
{
    public void Configure(EntityTypeBuilder<ApiToken> builder)
    {
        builder.ToTable("api_tokens");
        builder.Property(t => t.Name).HasMaxLength(ApiToken.MaxName);
        builder.Property(t => t.CreatedByName).HasMaxLength(256);
        builder.Property(t => t.Start).HasMaxLength(16);
        builder.HasIndex(t => t.Hash).IsUnique();
        builder.HasIndex(t => new { t.OrganisationId, t.CreatedAt });
        builder.HasIndex(t => t.CreatedBy);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(t => t.OrganisationId).OnDelete(DeleteBehavior.Cascade);
    }
}
