using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>What API tokens may do.</summary>
public static class ApiScopes
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
    /// <param name="scope">The scope.</param>
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
public sealed class ApiToken
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

/// <summary>Creates, lists and revokes the API tokens of an organisation; for its owners and administrators.</summary>
sealed class ApiTokenService(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>The most valid tokens per organisation.</summary>
    public const int MaxTokens = 50;

    /// <summary>Lifetimes offered, in days; null: no expiry.</summary>
    public static readonly IReadOnlyList<int?> Lives = [30, 90, 365, null];

    /// <summary>The organisation's tokens, newest first; revoked and expired ones stay listed for 30 days.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(Viewer viewer)
    {
        if (!viewer.Manages) return [];
        await using var db = await contexts.CreateDbContextAsync();
        var since = time.GetUtcNow().AddDays(-30);
        return await db.ApiTokens.AsNoTracking()
            .Where(t => t.OrganisationId == viewer.OrganisationId && (t.RevokedAt == null || t.RevokedAt > since) && (t.ExpiresAt == null || t.ExpiresAt > since))
            .OrderByDescending(t => t.CreatedAt).Take(200).ToListAsync();
    }

    /// <summary>Creates a token. The secret is returned here and stored nowhere.</summary>
    public async Task<(string? Secret, AccountProblem? Problem)> MakeAsync(Viewer viewer, string? name, IReadOnlyCollection<string> scopes, int? days)
    {
        if (!viewer.Manages || viewer.UserId is not { } maker) return (null, AccountProblem.Denied);
        if (AccountRules.Name(name) is not { Length: <= ApiToken.MaxName } text) return (null, AccountProblem.Name);
        await using var db = await contexts.CreateDbContextAsync();
        var kind = await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Kind).SingleAsync();
        if (scopes.Count == 0 || scopes.Any(s => !ApiScopes.Of(kind).Contains(s)) || !Lives.Contains(days)) return (null, AccountProblem.Denied);
        var now = time.GetUtcNow();
        if (await db.ApiTokens.CountAsync(t => t.OrganisationId == viewer.OrganisationId && t.RevokedAt == null && (t.ExpiresAt == null || t.ExpiresAt > now)) >= MaxTokens)
            return (null, AccountProblem.TooMany);
        var secret = ApiToken.Generate();
        var token = new ApiToken
        {
            OrganisationId = viewer.OrganisationId,
            CreatedBy = maker,
            CreatedByName = viewer.Name ?? "",
            Name = text,
            Hash = ApiToken.HashOf(secret),
            Start = secret[..10],
            Scopes = [.. scopes.Distinct().Order(StringComparer.Ordinal)],
            CreatedAt = now,
            ExpiresAt = days is { } d ? now.AddDays(d) : null,
        };
        db.ApiTokens.Add(token);
        db.Audit(viewer, now, AuditVerb.ApiTokenMade, AuditSubject.ApiToken, token.Id, token.Name, ("scopes", string.Join(' ', token.Scopes)));
        await db.SaveChangesAsync();
        return (secret, null);
    }

    /// <summary>Revokes a token with immediate effect.</summary>
    public async Task<bool> RevokeAsync(Viewer viewer, Guid id)
    {
        if (!viewer.Manages) return false;
        await using var db = await contexts.CreateDbContextAsync();
        var token = await db.ApiTokens.SingleOrDefaultAsync(t => t.Id == id && t.OrganisationId == viewer.OrganisationId && t.RevokedAt == null);
        if (token is null) return false;
        token.RevokedAt = time.GetUtcNow();
        db.Audit(viewer, token.RevokedAt.Value, AuditVerb.ApiTokenRevoked, AuditSubject.ApiToken, token.Id, token.Name);
        await db.SaveChangesAsync();
        return true;
    }
}
