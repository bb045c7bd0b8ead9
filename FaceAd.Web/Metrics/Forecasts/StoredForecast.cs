using FaceAd.Web.Campaigns;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Metrics.Forecasts;

/// <summary>What was forecast of a campaign when it was booked, to be seen beside what comes true.</summary>
public sealed class StoredForecast
{
    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>When it was forecast.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Impressions on its target at its end.</summary>
    public required double Impressions { get; init; }

    /// <summary>Lower end of the 80 % interval of <see cref="Impressions"/>.</summary>
    public required double ImpressionsLow { get; init; }

    /// <summary>Its upper end.</summary>
    public required double ImpressionsHigh { get; init; }

    /// <summary>Reach, 0..1, from <see cref="ReachFrom"/> to <see cref="ReachTo"/>; null where it was not known.</summary>
    public double? Reach { get; init; }

    /// <summary>Lower end of the 80 % interval of <see cref="Reach"/>.</summary>
    public double? ReachLow { get; init; }

    /// <summary>Its upper end.</summary>
    public double? ReachHigh { get; init; }

    /// <summary>First day of the Reach.</summary>
    public DateOnly? ReachFrom { get; init; }

    /// <summary>Last day of the Reach.</summary>
    public DateOnly? ReachTo { get; init; }
}

sealed class StoredForecastConfiguration : IEntityTypeConfiguration<StoredForecast>
{
    public void Configure(EntityTypeBuilder<StoredForecast> builder)
    {
        builder.ToTable("campaign_forecasts");
        builder.HasKey(f => f.CampaignId);
        builder.HasOne<Campaign>().WithOne().HasForeignKey<StoredForecast>(f => f.CampaignId).OnDelete(DeleteBehavior.Cascade);
    }
}
