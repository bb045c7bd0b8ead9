using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>The organisation whose data this person sees.</summary>
    public required Guid OrganisationId { get; set; }

    /// <summary>Name shown in the dashboard.</summary>
    public required string DisplayName { get; set; }
}

/// <summary>Names of the roles.</summary>
public static class Roles
{
    /// <summary>Works for the media owner: approves ads and runs the screens.</summary>
    public const string Admin = "admin";

    /// <summary>Works for an advertiser.</summary>
    public const string Advertiser = "advertiser";
}

/// <summary>Claims that FaceAd adds to a signed-in user.</summary>
public static class FaceAdClaims
{
    /// <summary>Identity of the user's organisation, a GUID.</summary>
    public const string Organisation = "facead:organisation";

    /// <summary>Name shown in the dashboard.</summary>
    public const string DisplayName = "facead:name";

    /// <summary>Address that the request came from; never in the cookie.</summary>
    public const string Address = "facead:address";
}

sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(u => u.DisplayName).HasMaxLength(120);
        builder.HasOne<Organisation>().WithMany().HasForeignKey(u => u.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
