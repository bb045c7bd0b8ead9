using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Accounts;

/// <summary>Kinds of organisation.</summary>
public enum OrganisationKind
{
    /// <summary>Buys campaigns.</summary>
    Advertiser = 0,

    /// <summary>Owns the screens. One per installation.</summary>
    MediaOwner = 1,
}

/// <summary>A company: the media owner, or one of its advertisers.</summary>
public sealed class Organisation
{
    /// <summary>The most characters of <see cref="Name"/>.</summary>
    public const int MaxName = 120;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Display name.</summary>
    public required string Name { get; set; }

    /// <summary>Advertiser or media owner.</summary>
    public required OrganisationKind Kind { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether its members must use two-factor sign-in.</summary>
    public bool RequiresTwoFactor { get; set; }
}

sealed class OrganisationConfiguration : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> builder)
    {
        builder.Property(o => o.Name).HasMaxLength(StorableText.Column(Organisation.MaxName));
        builder.HasIndex(o => o.Name).IsUnique();
    }
}
