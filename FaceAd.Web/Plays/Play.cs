using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Plays;

/// <summary>One run of one creative on one screen, as its player proved it.</summary>
public sealed class Play
{
    /// <summary>Identity made by the player.</summary>
    public required Guid Id { get; init; }

    /// <summary>The screen.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>The decision behind it; null for the house loop.</summary>
    public Guid? DecisionId { get; init; }

    /// <summary>The creative.</summary>
    public required Guid CreativeId { get; init; }

    /// <summary>The campaign of the creative; null for the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>Owner of the creative.</summary>
    public required Guid OrganisationId { get; init; }

    /// <summary>First frame, included.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Last frame, excluded.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Day of the site in which it started.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day in which it started, 0..23. Not stored: sums are kept by it.</summary>
    public int Hour { get; init; }

    /// <summary>How it ended.</summary>
    public required PlayEnd End { get; init; }

    /// <summary>Whether presence was measured throughout.</summary>
    public required bool Measured { get; init; }

    /// <summary>Frames that the page presented.</summary>
    public required int FramesPresented { get; init; }

    /// <summary>When the server committed it.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>True while exposures have not been brought up to date with this row.</summary>
    public bool ExposuresDue { get; set; } = true;
}

sealed class PlayConfiguration : IEntityTypeConfiguration<Play>
{
    public void Configure(EntityTypeBuilder<Play> builder)
    {
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Ignore(p => p.Hour);
        builder.HasIndex(p => new { p.ScreenId, p.StartedAt });
        builder.HasIndex(p => new { p.CampaignId, p.Day });
        builder.HasIndex(p => p.ScreenId).HasFilter("exposures_due").HasDatabaseName("ix_plays_due");
        builder.HasOne<Screen>().WithMany().HasForeignKey(p => p.ScreenId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Creative>().WithMany().HasForeignKey(p => p.CreativeId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_plays_interval", "ended_at >= started_at"));
    }
}
