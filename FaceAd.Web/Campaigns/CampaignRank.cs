using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>
/// Figures of a campaign that has played, as computed a short while ago: what lists are sorted by, never what they show. Null where the
/// figure would not be shown.
/// </summary>
public sealed class CampaignRank
{
    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>When they were computed.</summary>
    public DateTimeOffset ComputedAt { get; set; }

    /// <summary>The campaign's <see cref="Campaign.Version"/> then, which tells whether they are out of date.</summary>
    public int Version { get; set; }

    /// <summary>Plays then; as <see cref="Version"/>.</summary>
    public long Plays { get; set; }

    /// <summary>Exposures then; as <see cref="Version"/>.</summary>
    public long Impressions { get; set; }

    /// <summary>Reach, 0..1.</summary>
    public double? Reach { get; set; }

    /// <summary>Reach as advertisers see it.</summary>
    public double? ShownReach { get; set; }

    /// <summary>Frequency.</summary>
    public double? Frequency { get; set; }

    /// <summary>Frequency as advertisers see it.</summary>
    public double? ShownFrequency { get; set; }

    /// <summary>CPM, KRW.</summary>
    public double? CpmKrw { get; set; }
}

sealed class CampaignRankConfiguration : IEntityTypeConfiguration<CampaignRank>
{
    public void Configure(EntityTypeBuilder<CampaignRank> builder)
    {
        builder.ToTable("campaign_ranks");
        builder.HasKey(r => r.CampaignId);
        builder.HasOne<Campaign>().WithOne(c => c.Rank).HasForeignKey<CampaignRank>(r => r.CampaignId);
    }
}
