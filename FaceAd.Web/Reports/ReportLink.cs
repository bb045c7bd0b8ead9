using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Reports;

/// <summary>
/// A read-only link to a campaign's report, for people without an account. It shows what an advertiser may see, whoever created it, and
/// expires. Only the hash of its secret is stored.
/// </summary>
sealed class ReportLink
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] TokenHash { get; init; }

    public required Guid CampaignId { get; init; }

    public Campaign? Campaign { get; init; }

    /// <summary>First requested day; null for the page's default.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last requested day; null for the page's default.</summary>
    public DateOnly? To { get; init; }

    /// <summary>One site; null for all.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>One screen; null for all.</summary>
    public Guid? ScreenId { get; init; }

    /// <summary>One creative; null for all.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>Sign-in name of the user who created it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires, exclusive.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How many times it was opened.</summary>
    public int Opened { get; set; }

    /// <summary>When it was last opened.</summary>
    public DateTimeOffset? OpenedAt { get; set; }

    /// <summary>What it shows.</summary>
    public MetricsQuery Query => new(CampaignId) { From = From, To = To, SiteId = SiteId, ScreenId = ScreenId, CreativeId = CreativeId };
}

sealed class ReportLinkConfiguration : IEntityTypeConfiguration<ReportLink>
{
    public void Configure(EntityTypeBuilder<ReportLink> link)
    {
        link.HasIndex(l => l.TokenHash).IsUnique();
        link.HasIndex(l => l.CampaignId);
        link.Property(l => l.CreatedBy).HasMaxLength(256);
        link.HasOne(l => l.Campaign).WithMany().HasForeignKey(l => l.CampaignId).OnDelete(DeleteBehavior.Cascade);
        link.Ignore(l => l.Query);
    }
}
