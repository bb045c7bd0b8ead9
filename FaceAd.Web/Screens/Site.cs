using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Screens;

/// <summary>A building with screens. Persons are recognised within one site and one epoch only.</summary>
public sealed class Site
{
    /// <summary>Notice of a site that has written none of its own. A screen never measures without a notice.</summary>
    public const string DefaultNotice = "관객 수만 셉니다 · 영상은 저장하지 않습니다  |  We count viewers and keep no pictures";

    /// <summary>Length of a de-duplication window, in days.</summary>
    public const int EpochDays = 28;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Name of the building.</summary>
    public required string Name { get; set; }

    /// <summary>Postal address.</summary>
    public string Address { get; set; } = "";

    /// <summary>IANA time zone whose days the site's figures are in.</summary>
    public string TimeZone { get; set; } = "Asia/Seoul";

    /// <summary>First day of epoch 0; a Monday, the same for all sites unless set at registration.</summary>
    public DateOnly EpochAnchor { get; init; } = new(2024, 1, 1);

    /// <summary>False: cameras of this site stay closed; screens keep playing.</summary>
    public bool Measurement { get; set; } = true;

    /// <summary>Notice that the screens show while measurement is on.</summary>
    public string Notice { get; set; } = DefaultNotice;

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

sealed class SiteConfiguration : IEntityTypeConfiguration<Site>
{
    public void Configure(EntityTypeBuilder<Site> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(120);
        builder.Property(s => s.Address).HasMaxLength(240);
        builder.Property(s => s.TimeZone).HasMaxLength(64);
        builder.Property(s => s.Notice).HasMaxLength(240);
        builder.HasIndex(s => s.Name).IsUnique();
    }
}
