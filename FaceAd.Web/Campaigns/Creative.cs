using FaceAd.Web.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>One film. Its file is stored by the SHA-256 of its content.</summary>
public sealed class Creative
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Who owns it.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>Who owns it.</summary>
    public Organisation? Organisation { get; init; }

    /// <summary>The campaign it belongs to; null for a film of the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The campaign it belongs to.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the stored file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Length of the stored file in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Running time in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The largest <see cref="Weight"/>.</summary>
    public const int MaxWeight = 100;

    /// <summary>Its share of its campaign's plays, beside the weights of the campaign's other films; 1 to <see cref="MaxWeight"/>.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

sealed class CreativeConfiguration : IEntityTypeConfiguration<Creative>
{
    public void Configure(EntityTypeBuilder<Creative> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(120);
        builder.Property(c => c.Sha256).HasMaxLength(64).IsFixedLength();
        builder.Property(c => c.Weight).HasDefaultValue(1).HasSentinel(1);
        builder.ToTable(t => t.HasCheckConstraint("ck_creatives_weight", $"weight BETWEEN 1 AND {Creative.MaxWeight}"));
        builder.HasIndex(c => c.Sha256);
        builder.HasIndex(c => c.CampaignId);
        builder.HasOne(c => c.Organisation).WithMany().HasForeignKey(c => c.OrganisationId).OnDelete(DeleteBehavior.Restrict);
    }
}
