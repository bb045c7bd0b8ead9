using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>What a mailed link is good for. The numbers are in the database.</summary>
public enum LinkPurpose
{
    /// <summary>Finishes a sign-up.</summary>
    SignUp = 0,

    /// <summary>Sets a new password.</summary>
    ResetPassword = 1,

    /// <summary>Proves a new address.</summary>
    ChangeEmail = 2,

    /// <summary>Joins an organisation.</summary>
    Invitation = 3,
}

/// <summary>
/// A link that was mailed and not used yet: 256 random bits, of which the hash is stored. A link that is used or taken back is deleted, so
/// it works once; one that has expired works no more, and is deleted a week later.
/// </summary>
public sealed class AccountLink
{
    /// <summary>Identity, for lists; not what the mail holds.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What it is good for.</summary>
    public required LinkPurpose Purpose { get; init; }

    /// <summary>SHA-256 of the token in the mail.</summary>
    public byte[] Hash { get; internal set; } = [];

    /// <summary>Address that it was mailed to.</summary>
    public required string Email { get; init; }

    /// <summary>The account that it is about; null when it makes one.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The organisation that it leads into; null for a sign-up, which makes one.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>Name of the organisation that a sign-up makes.</summary>
    public string? OrganisationName { get; init; }

    /// <summary>Name of the person who signs up.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Hash of the password of a sign-up.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Role of whoever is invited.</summary>
    public string? Role { get; init; }

    /// <summary>Sign-in name of whoever invites.</summary>
    public string? InvitedBy { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when, exclusive.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

sealed class AccountLinkConfiguration : IEntityTypeConfiguration<AccountLink>
{
    public void Configure(EntityTypeBuilder<AccountLink> builder)
    {
        builder.ToTable("account_links");
        builder.Property(l => l.Email).HasMaxLength(AccountRules.MaxEmail);
        builder.Property(l => l.OrganisationName).HasMaxLength(Organisation.MaxName);
        builder.Property(l => l.DisplayName).HasMaxLength(AccountRules.MaxName);
        builder.Property(l => l.PasswordHash).HasMaxLength(256);
        builder.Property(l => l.Role).HasMaxLength(32);
        builder.Property(l => l.InvitedBy).HasMaxLength(256);
        builder.HasIndex(l => l.Hash).IsUnique();
        builder.HasIndex(l => l.ExpiresAt);
        builder.HasIndex(l => new { l.Email, l.Purpose });
        builder.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(l => l.OrganisationId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Makes and finds mailed links, on the context of the request.</summary>
/// <param name="db">The database.</param>
/// <param name="time">The clock.</param>
sealed class AccountLinks(FaceAdDbContext db, TimeProvider time)
{
    /// <summary>How long links of a purpose work.</summary>
    public static TimeSpan Life(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.ResetPassword => TimeSpan.FromHours(1),
        LinkPurpose.Invitation => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>Adds a link to the context; what was there for the same purpose and address goes.</summary>
    /// <returns>The token, for the mail.</returns>
    public async Task<string> AddAsync(AccountLink link, bool replace = true)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        link.Hash = Hash(token);
        var stale = time.GetUtcNow().AddDays(-7);
        await db.AccountLinks.Where(l => l.ExpiresAt < stale || (replace && l.Purpose == link.Purpose && l.Email == link.Email && l.OrganisationId == link.OrganisationId))
            .ExecuteDeleteAsync();
        db.AccountLinks.Add(link);
        return token;
    }

    /// <summary>The live link behind a token; null when there is none. Inside a transaction its row is held, so that two who click at once come one after the other.</summary>
    public async Task<AccountLink?> FindAsync(LinkPurpose purpose, string? token)
    {
        if (token is null || token.Length != 43) return null;
        var (hash, now) = (Hash(token), time.GetUtcNow());
        return await db.AccountLinks.FromSql($"SELECT * FROM account_links WHERE hash = {hash} AND purpose = {(int)purpose} AND expires_at > {now} FOR UPDATE")
            .SingleOrDefaultAsync();
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
