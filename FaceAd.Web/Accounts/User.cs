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

    /// <summary>Language of the pages that this person chose, "en" or "ko"; null: the browser's.</summary>
    public string? Language { get; set; }

    /// <summary>Language of the pages at this person's newest sign-in, "en" or "ko": that of their mails while they chose none. Null before the first.</summary>
    public string? SeenLanguage { get; set; }

    /// <summary>When this person had taken or closed the first steps; null while they are shown.</summary>
    public DateTimeOffset? FirstStepsDoneAt { get; set; }

    /// <summary>The newest time step whose authenticator code was taken: a code works once. Null before the first.</summary>
    public long? LastCodeStep { get; set; }
}

/// <summary>Claims that FaceAd adds to a signed-in user.</summary>
public static class FaceAdClaims
{
    /// <summary>Identity of the user's organisation, a GUID.</summary>
    public const string Organisation = "facead:organisation";

    /// <summary>Name shown in the dashboard.</summary>
    public const string DisplayName = "facead:name";

    /// <summary>Present while the organisation asks for two-factor sign-in and this person has not set it up yet.</summary>
    public const string MustEnrol = "facead:must-enrol";

    /// <summary>One thing that an API token may do, see <see cref="ApiScopes"/>.</summary>
    public const string Scope = "facead:scope";

    /// <summary>Identity of the API token that was presented, a GUID.</summary>
    public const string ApiToken = "facead:api-token";

    /// <summary>Identity of the session that the cookie belongs to, a GUID.</summary>
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
        // Identity saves whole accounts, with what it has read before: only the statement that takes a code writes this.
        builder.Property(u => u.LastCodeStep).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(u => u.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }

    /// <summary>Identity gives its tables and three indexes names of its own, which the naming convention leaves as they are.</summary>
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
