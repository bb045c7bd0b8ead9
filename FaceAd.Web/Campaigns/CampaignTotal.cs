using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>
/// Running totals of a campaign, written in the same transaction as the exposures and plays they summarise, so that a decision never counts
/// rows.
/// </summary>
public sealed class CampaignTotal
{
    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public long Plays { get; set; }

    /// <summary>Plays with measured presence.</summary>
    public long MeasuredPlays { get; set; }

    /// <summary>Exposures, repeats included.</summary>
    public long Impressions { get; set; }

    /// <summary>Exposures to the campaign's segments, repeats included.</summary>
    public long TargetImpressions { get; set; }

    /// <summary>Start of the latest play; null before the first.</summary>
    public DateTimeOffset? LastPlayAt { get; set; }
}

sealed class CampaignTotalConfiguration : IEntityTypeConfiguration<CampaignTotal>
{
    public void Configure(EntityTypeBuilder<CampaignTotal> builder)
    {
        builder.HasKey(t => t.CampaignId);
        builder.HasOne<Campaign>().WithOne(c => c.Total).HasForeignKey<CampaignTotal>(t => t.CampaignId);
    }
}
