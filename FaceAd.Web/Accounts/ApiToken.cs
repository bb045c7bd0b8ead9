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
    /// <summary>Campaigns, creatives and why they show.</summary>
    public const string CampaignsRead = "campaigns:read";

    /// <summary>Booking, changing, submitting campaigns; uploading creatives.</summary>
    public const string CampaignsWrite = "campaigns:write";

    /// <summary>Figures.</summary>
    public const string ReportsRead = "reports:read";

    /// <summary>Links that show a report to people without an account.</summary>
    public const string ReportsWrite = "reports:write";

    /// <summary>Notifications of whoever made the token, and which of them are mailed.</summary>
    public const string NotificationsRead = "notifications:read";

    /// <summary>Marking them as read, and choosing which are mailed.</summary>
    public const string NotificationsWrite = "notifications:write";

    /// <summary>The organisation, its people, invitations and tokens.</summary>
    public const string MembersRead = "members:read";

    /// <summary>Inviting, changing roles, removing accounts, revoking tokens. It is as mighty as a person who manages.</summary>
    public const string MembersWrite = "members:write";

    /// <summary>Buildings and screens; for the media owner.</summary>
    public const string ScreensRead = "screens:read";

    /// <summary>Registering and changing them; for the media owner.</summary>
    public const string ScreensWrite = "screens:write";

    /// <summary>The audit log; for the media owner.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>The scopes that an organisation may give.</summary>
    /// <param name="kind">Which side it is on.</param>
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

/// <summary>A secret by which a program acts for an organisation: 256 random bits, shown once, stored as a hash.</summary>
public sealed class ApiToken
{
    /// <summary>How every token begins, so that scanners of source code recognise it.</summary>
    public const string Prefix = "fat_";

    /// <summary>The most characters of <see cref="Name"/>.</summary>
    public const int MaxName = 80;

    /// <summary>Identity; not the secret.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>For whom it acts.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>Account that made it; it is void when that account goes or manages no more.</summary>
    public required Guid CreatedBy { get; init; }

    /// <summary>Sign-in name of that account then.</summary>
    public required string CreatedByName { get; init; }

    /// <summary>What it is for, in words.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret. It has 256 bits of entropy, so a plain hash cannot be guessed backwards.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Its first characters, to tell tokens apart.</summary>
    public required string Start { get; init; }

    /// <summary>What it may do, see <see cref="ApiScopes"/>.</summary>
    public required string[] Scopes { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when, exclusive; null: until it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used last, to the minute; null: never.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>Since when it is void; null: it is not.</summary>
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

/// <summary>Makes, lists and revokes the API tokens of an organisation. For those who manage it.</summary>
sealed class ApiTokenBook(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>Tokens that work at a time.</summary>
    public const int MaxTokens = 50;

    /// <summary>Days that a token may live, as offered; null is for ever.</summary>
    public static readonly IReadOnlyList<int?> Lives = [30, 90, 365, null];

    /// <summary>The organisation's tokens, newest first; revoked and expired ones for 30 days more.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(Viewer viewer)
    {
        if (!viewer.Manages) return [];
        await using var db = await contexts.CreateDbContextAsync();
        var since = time.GetUtcNow().AddDays(-30);
        return await db.ApiTokens.AsNoTracking()
            .Where(t => t.OrganisationId == viewer.OrganisationId && (t.RevokedAt == null || t.RevokedAt > since) && (t.ExpiresAt == null || t.ExpiresAt > since))
            .OrderByDescending(t => t.CreatedAt).Take(200).ToListAsync();
    }

    /// <summary>Makes a token. Its secret is in this answer and nowhere else.</summary>
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

    /// <summary>Makes a token void at once.</summary>
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
