using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>The organisation whose data this person sees.</summary>
    public required Guid OrganisationId { get; set; }

    /// <summary>Name shown in the dashboard.</summary>
    public required string DisplayName { get; set; }

    /// <summary>Chosen page language, "en" or "ko"; null: the browser's.</summary>
    public string? Language { get; set; }

    /// <summary>Page language at the latest sign-in, "en" or "ko"; used for mails while none is chosen. Null before the first.</summary>
    public string? SeenLanguage { get; set; }

    /// <summary>When the user completed or closed the getting-started steps; null while they are shown.</summary>
    public DateTimeOffset? FirstStepsDoneAt { get; set; }

    /// <summary>Latest time step whose authenticator code was accepted: a code works once. Null before the first.</summary>
    public long? LastCodeStep { get; set; }
}

/// <summary>Claims that FaceAd adds to a signed-in user.</summary>
static class FaceAdClaims
{
    /// <summary>Identity of the user's organisation, a GUID.</summary>
    public const string Organisation = "facead:organisation";

    /// <summary>Name shown in the dashboard.</summary>
    public const string DisplayName = "facead:name";

    /// <summary>Present while the organisation requires two-factor sign-in and this user has not set it up.</summary>
    public const string MustEnrol = "facead:must-enrol";

    /// <summary>A scope of the API token, see <see cref="ApiScopes"/>.</summary>
    public const string Scope = "facead:scope";

    /// <summary>Identity of the presented API token, a GUID.</summary>
    public const string ApiToken = "facead:api-token";

    /// <summary>Identity of the cookie's session, a GUID.</summary>
    public const string Session = "facead:session";

    /// <summary>Address that the request came from; never in the cookie.</summary>
    public const string Address = "facead:address";
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(u => u.DisplayName).HasMaxLength(120);
        builder.Property(u => u.Language).HasMaxLength(8);
        builder.Property(u => u.SeenLanguage).HasMaxLength(8);
        // Identity saves whole accounts with values read earlier: only the statement that accepts a code may write this.
        builder.Property(u => u.LastCodeStep).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(u => u.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }

    /// <summary>
    /// Names Identity's tables and three of its indexes, which carry explicit names that the naming convention leaves alone.
    /// </summary>
    public static void NameIdentity(ModelBuilder builder)
    {
        builder.Entity<User>(users =>
        {
            users.ToTable("users");
            users.HasIndex(u => u.NormalizedUserName).HasDatabaseName("user_name_index");
            users.HasIndex(u => u.NormalizedEmail).HasDatabaseName("email_index");
        });
        builder.Entity<IdentityRole<Guid>>(roles =>
        {
            roles.ToTable("roles");
            roles.HasIndex(r => r.NormalizedName).HasDatabaseName("role_name_index");
        });
        builder.Entity<IdentityUserRole<Guid>>().ToTable("user_roles");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<IdentityRoleClaim<Guid>>().ToTable("role_claims");
    }
}
