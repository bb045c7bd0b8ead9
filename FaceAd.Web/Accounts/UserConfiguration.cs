using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(u => u.DisplayName).HasMaxLength(StorableText.Column(120));
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
