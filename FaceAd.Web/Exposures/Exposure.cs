using FaceAd.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Exposures;

/// <summary>
/// One viewer present during one play of a campaign for at least the threshold. The table is partitioned by <see cref="Day"/>; a migration
/// creates it with raw SQL.
/// </summary>
sealed record Exposure
{
    /// <summary>Site day in which the play started; the partition key.</summary>
    public required DateOnly Day { get; init; }

    public required Guid PlayId { get; init; }

    /// <summary>The viewer's presence.</summary>
    public required Guid PresenceId { get; init; }

    public required Guid CampaignId { get; init; }

    public required Guid CreativeId { get; init; }

    /// <summary>The advertiser.</summary>
    public required Guid OrganisationId { get; init; }

    public required Guid ScreenId { get; init; }

    /// <summary>The person; null when not recognised, or recognised in another epoch than that of the play's day.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>The person's segment, or the presence's where there is no person; unknown when neither is known.</summary>
    public required Segment Segment { get; init; }

    /// <summary>Whether the segment was one of the campaign's targets.</summary>
    public required bool OnTarget { get; init; }

    /// <summary>Start of the overlap of play and presence.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Seconds in view during the play, in whole milliseconds.</summary>
    public required double SecondsPresent { get; init; }

    /// <summary>Seconds facing the screen during the play, in whole milliseconds.</summary>
    public required double SecondsAttentive { get; init; }

    /// <summary>Whether the viewer was in view for the creative's length less 0.5 s.</summary>
    public required bool Completed { get; init; }

    /// <summary>Whether the viewer faced the screen for at least the threshold: a watcher.</summary>
    public required bool Watched { get; init; }
}

sealed class ExposureConfiguration : IEntityTypeConfiguration<Exposure>
{
    public void Configure(EntityTypeBuilder<Exposure> builder)
    {
        builder.HasKey(e => new { e.Day, e.PlayId, e.PresenceId });
        builder.HasIndex(e => new { e.CampaignId, e.Day });
    }
}
