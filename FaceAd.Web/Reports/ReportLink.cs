using FaceAd.Web.Campaigns;
using FaceAd.Web.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Reports;

/// <summary>
/// A read-only link to a campaign's report, for people without an account. It shows what an advertiser may see, whoever made it, and
/// ends by itself. The link's secret is not kept: only its hash is.
/// </summary>
public sealed class ReportLink
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>The campaign.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>First day asked for; null as on the page.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day asked for; null as on the page.</summary>
    public DateOnly? To { get; init; }

    /// <summary>One building; null for all.</summary>
    public Guid? SiteId { get; init; }

    /// <summary>One screen; null for all.</summary>
    public Guid? ScreenId { get; init; }

    /// <summary>One film; null for all.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>Sign-in name of whoever made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it shows nothing.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When somebody ended it before; null while nobody has.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How often it was opened.</summary>
    public int Opened { get; set; }

    /// <summary>When it was opened last.</summary>
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
