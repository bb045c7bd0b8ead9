using FaceAd.Core;
using FaceAd.Core.Decisions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Decisions;

/// <summary>What made the server decide.</summary>
public enum DecisionTrigger
{
    /// <summary>An audience opened or its dominant segment changed.</summary>
    AudienceChanged = 0,

    /// <summary>The running play is about to end.</summary>
    PlayEnding = 1,
}

/// <summary>One decision of the server.</summary>
public sealed class Decision
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The screen.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What made the server decide.</summary>
    public required DecisionTrigger Trigger { get; init; }

    /// <summary>The audience in view; null when nobody was.</summary>
    public Guid? AudienceId { get; init; }

    /// <summary>Viewers in view.</summary>
    public required int Viewers { get; init; }

    /// <summary>Largest sum of segment probabilities over the viewers; unknown when there was none.</summary>
    public required Segment Dominant { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The campaign chosen; null for the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The creative chosen; null for the house loop.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>Budget accrued to date by impressions to date of the chosen campaign, KRW; null for zero impressions or the house loop.</summary>
    public double? CostPerImpressionKrw { get; init; }

    /// <summary>Eligible campaigns that targeted the dominant segment.</summary>
    public required int Candidates { get; init; }
}

sealed class DecisionConfiguration : IEntityTypeConfiguration<Decision>
{
    public void Configure(EntityTypeBuilder<Decision> builder)
    {
        builder.HasIndex(d => new { d.ScreenId, d.At });
        builder.HasIndex(d => new { d.CampaignId, d.At });
    }
}
