using FaceAd.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Sums over exposures. Written in the transaction of the exposures they summarise, so that they always agree and a page never scans
/// exposures. Definitions: docs/metrics.md; maintenance: docs/architecture.md, "Rollups".
/// </summary>
abstract class ExposureSums
{
    /// <summary>Exposures.</summary>
    public long Impressions { get; init; }

    /// <summary>Exposures whose segment the campaign targets.</summary>
    public long OnTarget { get; init; }

    /// <summary>Exposures with a recognised person.</summary>
    public long PersonExposures { get; init; }

    /// <summary>Completed views.</summary>
    public long Completed { get; init; }

    /// <summary>Exposures of watchers.</summary>
    public long Watched { get; init; }

    /// <summary>Milliseconds in view.</summary>
    public long PresentMs { get; init; }

    /// <summary>Milliseconds facing the screen.</summary>
    public long AttentiveMs { get; init; }
}

/// <summary>Exposures of a campaign by day, screen, creative and segment.</summary>
sealed class ExposureDay : ExposureSums
{
    public required Guid CampaignId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    public required Guid ScreenId { get; init; }

    public required Guid CreativeId { get; init; }

    /// <summary>The exposures' segment.</summary>
    public required Segment Segment { get; init; }
}

/// <summary>Exposures of a campaign by hour and segment, over all screens.</summary>
sealed class ExposureHour : ExposureSums
{
    public required Guid CampaignId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day, 0..23.</summary>
    public required short Hour { get; init; }

    /// <summary>The exposures' segment.</summary>
    public required Segment Segment { get; init; }

    /// <summary>People of the segment exposed for the first time in their epoch.</summary>
    public long Reached { get; init; }
}

/// <summary>Exposures of a campaign by minute, for the first hours of a campaign.</summary>
sealed class ExposureMinute
{
    public required Guid CampaignId { get; init; }

    /// <summary>Start of the minute.</summary>
    public required DateTimeOffset Minute { get; init; }

    /// <summary>Exposures that began in that minute.</summary>
    public long Impressions { get; init; }

    /// <summary>Target people exposed for the first time in their epoch.</summary>
    public long Reached { get; init; }
}

/// <summary>One person's exposures to one campaign on one day at one screen. Deleted with the epoch.</summary>
sealed record PersonDay
{
    public required Guid CampaignId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    public required Guid ScreenId { get; init; }

    public required Guid CreativeId { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>The person's segment.</summary>
    public required Segment Segment { get; init; }

    public required int Exposures { get; init; }

    /// <summary>Start of the first of them.</summary>
    public required DateTimeOffset FirstAt { get; init; }
}

/// <summary>A person was seen at a screen on a day. Deleted with the epoch.</summary>
sealed class Visit
{
    public required Guid PersonId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    public required Guid ScreenId { get; init; }

    /// <summary>The person's segment.</summary>
    public required Segment Segment { get; init; }
}

/// <summary>
/// How many people were reached on a day whose preceding day of exposure was <see cref="PreviousDay"/>. The distinct people of any days
/// a..b of the epoch are the sum of the rows with a day in a..b and a previous day before a: each person counts on their first day in the
/// range.
/// </summary>
sealed class ReachDay
{
    public required Guid CampaignId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>The site; empty for all sites together.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>The people's segment.</summary>
    public required Segment Segment { get; init; }

    /// <summary>A day on which they were exposed.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Their previous such day in this epoch; minus infinity for none.</summary>
    public required DateOnly PreviousDay { get; init; }

    /// <summary>Number of people.</summary>
    public long Persons { get; init; }
}

/// <summary>How many people were exposed a given number of times in an epoch.</summary>
sealed class ReachCount
{
    /// <summary>From this number of exposures on, people are counted together.</summary>
    public const int Most = 10;

    public required Guid CampaignId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>The site; empty for all sites together.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>The people's segment.</summary>
    public required Segment Segment { get; init; }

    /// <summary>Exposures, 1..9, and 10 for ten or more.</summary>
    public required short Times { get; init; }

    /// <summary>Number of people.</summary>
    public long Persons { get; init; }
}

/// <summary>Like <see cref="ReachDay"/>, for the days on which people were seen at a site at all.</summary>
sealed class UniverseDay
{
    /// <summary>The site; empty for all sites together.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>The people's segment.</summary>
    public required Segment Segment { get; init; }

    /// <summary>A day on which they were seen.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Their previous such day in this epoch; minus infinity for none.</summary>
    public required DateOnly PreviousDay { get; init; }

    /// <summary>Number of people.</summary>
    public long Persons { get; init; }
}

/// <summary>Presences at a screen by the hour in which they began, whatever was playing: opportunities to see.</summary>
sealed class ScreenHour
{
    public required Guid ScreenId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day, 0..23.</summary>
    public required short Hour { get; init; }

    /// <summary>The viewers' segment.</summary>
    public required Segment Segment { get; init; }

    public long Presences { get; init; }

    /// <summary>Presences of viewers who faced the screen for at least the threshold.</summary>
    public long Watchers { get; init; }

    /// <summary>Milliseconds in view.</summary>
    public long PresentMs { get; init; }

    /// <summary>Milliseconds facing the screen.</summary>
    public long AttentiveMs { get; init; }
}

sealed class RollupConfiguration :
    IEntityTypeConfiguration<ExposureDay>, IEntityTypeConfiguration<ExposureHour>, IEntityTypeConfiguration<ExposureMinute>,
    IEntityTypeConfiguration<PersonDay>, IEntityTypeConfiguration<Visit>, IEntityTypeConfiguration<ReachDay>,
    IEntityTypeConfiguration<ReachCount>, IEntityTypeConfiguration<UniverseDay>, IEntityTypeConfiguration<ScreenHour>
{
    public void Configure(EntityTypeBuilder<ExposureDay> builder)
    {
        builder.ToTable(ExposureRollups.Days.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day, r.ScreenId, r.CreativeId, r.Segment });
    }

    public void Configure(EntityTypeBuilder<ExposureHour> builder)
    {
        builder.ToTable(ExposureRollups.Hours.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day, r.Hour, r.Segment });
    }

    public void Configure(EntityTypeBuilder<ExposureMinute> builder)
    {
        builder.ToTable(ExposureRollups.Minutes.Table);
        builder.HasKey(r => new { r.CampaignId, r.Minute });
    }

    public void Configure(EntityTypeBuilder<PersonDay> builder)
    {
        builder.ToTable(ExposureRollups.PersonDays.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day, r.ScreenId, r.CreativeId, r.PersonId });
        builder.HasIndex(r => r.PersonId);
    }

    public void Configure(EntityTypeBuilder<Visit> builder)
    {
        builder.ToTable(ExposureRollups.Visits.Table);
        builder.HasKey(r => new { r.PersonId, r.Day, r.ScreenId });
        builder.HasIndex(r => new { r.ScreenId, r.Day });
    }

    public void Configure(EntityTypeBuilder<ReachDay> builder)
    {
        builder.ToTable(ExposureRollups.ReachDays.Table);
        builder.HasKey(r => new { r.CampaignId, r.Epoch, r.SiteId, r.Segment, r.Day, r.PreviousDay });
    }

    public void Configure(EntityTypeBuilder<ReachCount> builder)
    {
        builder.ToTable(ExposureRollups.ReachCounts.Table);
        builder.HasKey(r => new { r.CampaignId, r.Epoch, r.SiteId, r.Segment, r.Times });
    }

    public void Configure(EntityTypeBuilder<UniverseDay> builder)
    {
        builder.ToTable(ExposureRollups.UniverseDays.Table);
        builder.HasKey(r => new { r.SiteId, r.Epoch, r.Segment, r.Day, r.PreviousDay });
    }

    public void Configure(EntityTypeBuilder<ScreenHour> builder)
    {
        builder.ToTable(ExposureRollups.ScreenHours.Table);
        builder.HasKey(r => new { r.ScreenId, r.Day, r.Hour, r.Segment });
    }
}
