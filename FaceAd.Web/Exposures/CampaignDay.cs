using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Exposures;

/// <summary>Exposures of a campaign on a day: what sums over many campaigns are made of, such as a trend or a month's revenue.</summary>
sealed class CampaignDay
{
    public required Guid CampaignId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Exposures.</summary>
    public long Impressions { get; init; }

    /// <summary>Exposures whose segment the campaign targets.</summary>
    public long OnTarget { get; init; }
}

sealed class CampaignDayConfiguration : IEntityTypeConfiguration<CampaignDay>
{
    public void Configure(EntityTypeBuilder<CampaignDay> builder)
    {
        builder.ToTable(ExposureRollups.CampaignDays.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day });
    }
}
