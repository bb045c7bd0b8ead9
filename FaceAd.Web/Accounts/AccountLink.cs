using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>What a mailed link is for. The values are stored in the database.</summary>
enum LinkPurpose
{
    /// <summary>Finishes a sign-up.</summary>
    SignUp = 0,

    /// <summary>Sets a new password.</summary>
    ResetPassword = 1,

    /// <summary>Confirms a new address.</summary>
    ChangeEmail = 2,

    /// <summary>Joins an organisation.</summary>
    Invitation = 3,
}

/// <summary>
/// A mailed link that has not been used yet: 256 random bits, stored as a hash. A link is deleted when it is used or cancelled, so it works
/// once; an expired link stops working and is deleted a week later.
/// </summary>
sealed class AccountLink
{
    /// <summary>Identity, for lists; not the secret in the mail.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>What the link is for.</summary>
    public required LinkPurpose Purpose { get; init; }

    /// <summary>SHA-256 of the token in the mail.</summary>
    public byte[] Hash { get; internal set; } = [];

    /// <summary>Address the link was mailed to.</summary>
    public required string Email { get; init; }

    /// <summary>The account the link concerns; null when following it creates one.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The organisation the invitee joins; null for a sign-up, which creates one.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>Name of the organisation that a sign-up creates.</summary>
    public string? OrganisationName { get; init; }

    /// <summary>Name of the person who signs up.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Hash of the password chosen at sign-up.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Role of the invitee.</summary>
    public string? Role { get; init; }

    /// <summary>Sign-in name of the inviter.</summary>
    public string? InvitedBy { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires, exclusive.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

sealed class AccountLinkConfiguration : IEntityTypeConfiguration<AccountLink>
{
    public void Configure(EntityTypeBuilder<AccountLink> builder)
    {
        builder.ToTable("account_links");
        builder.Property(l => l.Email).HasMaxLength(AccountRules.MaxEmail);
        builder.Property(l => l.OrganisationName).HasMaxLength(StorableText.Column(Organisation.MaxName));
        builder.Property(l => l.DisplayName).HasMaxLength(StorableText.Column(AccountRules.MaxName));
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

/// <summary>Creates and finds mailed links, on the request's database context.</summary>
sealed class AccountLinks(FaceAdDbContext db, TimeProvider time)
{
    /// <summary>How long links of a purpose stay valid.</summary>
    public static TimeSpan Life(LinkPurpose purpose) => purpose switch
    {
        LinkPurpose.ResetPassword => TimeSpan.FromHours(1),
        LinkPurpose.Invitation => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>Adds a link to the context, replacing earlier ones for the same purpose and address.</summary>
    /// <returns>The token, for the mail.</returns>
    public async Task<string> AddAsync(AccountLink link, bool replace = true)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        link.Hash = Hash(token);
        var stale = time.GetUtcNow().AddDays(-7);
        await db.AccountLinks.Where(l => l.ExpiresAt < stale
            || (replace && l.Purpose == link.Purpose && l.Email == link.Email && l.OrganisationId == link.OrganisationId))
            .ExecuteDeleteAsync();
        db.AccountLinks.Add(link);
        return token;
    }

    /// <summary>
    /// The valid link behind a token; null when there is none. Inside a transaction its row is locked, so that two clicks at the same
    /// moment run one after the other.
    /// </summary>
    public async Task<AccountLink?> FindAsync(LinkPurpose purpose, string? token)
    {
        if (token is null || token.Length != 43) return null;
        var (hash, now) = (Hash(token), time.GetUtcNow());
        return await db.AccountLinks.FromSql(
            $"SELECT * FROM account_links WHERE hash = {hash} AND purpose = {(int)purpose} AND expires_at > {now} FOR UPDATE")
            .SingleOrDefaultAsync();
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
