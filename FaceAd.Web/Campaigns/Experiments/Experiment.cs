using FaceAd.Core.Decisions.Experiments;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns.Experiments;

/// <summary>
/// The creatives of a campaign against each other. While it runs, each person sees the creative of their own arm
/// (<see cref="Core.Decisions.Experiments.Arms"/>); what it has found is in sums by day, without people.
/// </summary>
public sealed class Experiment
{
    /// <summary>Identity; decides the arms.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>The campaign.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>By what creatives are compared.</summary>
    public required ExperimentMetric Metric { get; init; }

    /// <summary>The smallest difference worth knowing, such as 0.03 for three points.</summary>
    public required double Smallest { get; init; }

    /// <summary>The creatives, an arm each, as ordered when it was started: all that the campaign had.</summary>
    public required Guid[] CreativeIds { get; init; }

    /// <summary>The one that the others are measured by.</summary>
    public required Guid ControlId { get; init; }

    /// <summary>Whether a winner has all plays from then on; otherwise it is only told.</summary>
    public required bool WinnerTakesAll { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The first day that is counted: the first whole one, on the campaign's calendar.</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>The last day that has been counted; the day before the first, before any.</summary>
    public required DateOnly CountedTo { get; set; }

    /// <summary>When it stopped; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it stopped; null while it runs.</summary>
    public ExperimentEnd? Reason { get; set; }

    /// <summary>The creative that won; null without a winner.</summary>
    public Guid? WinnerId { get; set; }

    /// <summary>What was counted.</summary>
    public ICollection<ExperimentDay> Days { get; } = [];

    /// <summary>When it stops.</summary>
    public ExperimentRule Rule => new(Smallest, CreativeIds.Length);

    /// <summary>Whether these are the creatives that it compares.</summary>
    /// <param name="creatives">Ids of a campaign's creatives, oldest first.</param>
    public bool Compares(IEnumerable<Guid> creatives) => CreativeIds.SequenceEqual(creatives);

    /// <summary>Whether it, and not the creatives' weights, says which of them plays, while it is a campaign's newest.</summary>
    /// <param name="creatives">Ids of the campaign's creatives, oldest first.</param>
    public bool Decides(IEnumerable<Guid> creatives) =>
        (EndedAt is null || this is { WinnerTakesAll: true, WinnerId: not null }) && Compares(creatives);

    /// <summary>The sums of each arm over some days.</summary>
    /// <param name="upTo">The last of them; null for all.</param>
    public IReadOnlyList<ArmSums> Sums(DateOnly? upTo = null) =>
        [.. CreativeIds.Select(id => Days.Where(d => d.CreativeId == id && (upTo is null || d.Day <= upTo))
            .Aggregate(default(ArmSums), (sums, day) => sums + new ArmSums(day.People, day.Sum, day.SumOfSquares)))];
}

/// <summary>
/// What was counted of one arm on one day: the people who first saw their own creative that day. Sums, written when the day is over; who
/// they were is neither here nor, once the counting period is over, anywhere.
/// </summary>
public sealed class ExperimentDay
{
    /// <summary>The experiment.</summary>
    public required Guid ExperimentId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The arm.</summary>
    public required Guid CreativeId { get; init; }

    /// <summary>People.</summary>
    public required int People { get; init; }

    /// <summary>Sum of their figures, each 0..1.</summary>
    public required double Sum { get; init; }

    /// <summary>Sum of the squares.</summary>
    public required double SumOfSquares { get; init; }

    /// <summary>That day's exposures of the arm's people to their own creative, of everybody recognised.</summary>
    public required int Own { get; init; }

    /// <summary>To another arm's, because more of those in view were of that.</summary>
    public required int Other { get; init; }
}

sealed class ExperimentConfiguration : IEntityTypeConfiguration<Experiment>, IEntityTypeConfiguration<ExperimentDay>
{
    public void Configure(EntityTypeBuilder<Experiment> builder)
    {
        builder.ToTable("experiments");
        builder.Ignore(e => e.Rule);
        builder.HasIndex(e => e.CampaignId).IsUnique().HasFilter("ended_at IS NULL").HasDatabaseName("ix_experiments_running");
        builder.HasIndex(e => new { e.CampaignId, e.StartedAt });
        builder.HasOne(e => e.Campaign).WithMany().HasForeignKey(e => e.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(e => e.Days).WithOne().HasForeignKey(d => d.ExperimentId).OnDelete(DeleteBehavior.Cascade);
        builder.ToTable(t => t.HasCheckConstraint("ck_experiments_ended", "(ended_at IS NULL) = (reason IS NULL)"));
    }

    public void Configure(EntityTypeBuilder<ExperimentDay> builder)
    {
        builder.ToTable("experiment_days");
        builder.HasKey(d => new { d.ExperimentId, d.Day, d.CreativeId });
    }
}
