using FaceAd.Core;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Audiences;

/// <summary>One appearance of viewers at one screen: from the first face until all have gone.</summary>
sealed class Audience
{
    /// <summary>The screen; first part of the key.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>Identity created by the side that analysed the frames; second part of the key.</summary>
    public required Guid Id { get; init; }

    /// <summary>Capture time of the first face.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Capture time of the newest frame reported.</summary>
    public required DateTimeOffset At { get; set; }

    /// <summary>Newest state.</summary>
    public required AudienceState State { get; set; }

    /// <summary>Newest sequence applied.</summary>
    public required int Sequence { get; set; }

    /// <summary>Models behind the estimates.</summary>
    public required string ModelVersion { get; init; }
}

/// <summary>One viewer's presence in view. Raw fact; exposures follow from it.</summary>
sealed class Presence
{
    /// <summary>Identity created by the side that analysed the frames; unique within its screen.</summary>
    public required Guid Id { get; init; }

    /// <summary>The screen; with <see cref="Id"/> the key.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>The audience it belongs to.</summary>
    public required Guid AudienceId { get; init; }

    /// <summary>Sequence of the report that this row shows.</summary>
    public required int Sequence { get; set; }

    /// <summary>First sighting, included.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Newest sighting, excluded.</summary>
    public required DateTimeOffset To { get; set; }

    /// <summary>Seconds turned to the screen.</summary>
    public required double SecondsAttentive { get; set; }

    /// <summary>
    /// Moments of the presence at which attention is known, in seconds since <see cref="From"/>: rising, above 0, at most
    /// <c>AttentionSamples.MaxSamples</c>. Before the first one attention grows evenly from 0.
    /// </summary>
    public float[] AttentionAt { get; set; } = [];

    /// <summary>Seconds turned to the screen until each moment of <see cref="AttentionAt"/>.</summary>
    public float[] AttentionSeconds { get; set; } = [];

    /// <summary>Most likely segment of this presence when its confidence is enough, else unknown.</summary>
    public required Segment Segment { get; set; }

    /// <summary>Probability of the most likely segment, 0..1; 0 while there is no estimate.</summary>
    public required double Confidence { get; set; }

    /// <summary>Probability of being younger than 19, 0..1; null while there is no estimate.</summary>
    public double? ChildProbability { get; set; }

    /// <summary>The person, unique in its site and epoch; null when not (yet, or never) recognised.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>True while exposures have not been brought up to date with this row.</summary>
    public bool ExposuresDue { get; set; } = true;

    /// <summary>The segment under which the rollup of presences counts it; null while it does not.</summary>
    public Segment? CountedSegment { get; set; }

    /// <summary>Milliseconds in view that the rollup counts.</summary>
    public int CountedPresentMs { get; set; }

    /// <summary>Milliseconds turned to the screen that the rollup counts.</summary>
    public int CountedAttentiveMs { get; set; }
}

/// <summary>
/// A person, known for one epoch at one site. The template is encrypted under that epoch's key;
/// row, key and identity are destroyed after the epoch.
/// </summary>
sealed class Person
{
    /// <summary>Identity; means nothing outside its site and epoch.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid SiteId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Fixed at the first presence whose fused confidence is at least 0.6; unknown until then.</summary>
    public required Segment Segment { get; set; }

    /// <summary>First sighting.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>Face embeddings, encrypted. Never leaves the server.</summary>
    public required byte[] Template { get; set; }
}

/// <summary>The key of one site's epoch, itself encrypted under the installation's key ring.</summary>
sealed class EpochKey
{
    /// <summary>Identity of this key. After an erasure the epoch has another one.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    public required Guid SiteId { get; init; }

    /// <summary>Number of the epoch.</summary>
    public required int Epoch { get; init; }

    public required byte[] ProtectedKey { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

sealed class AudienceConfiguration : IEntityTypeConfiguration<Audience>
{
    public void Configure(EntityTypeBuilder<Audience> builder)
    {
        builder.HasKey(a => new { a.ScreenId, a.Id });
        builder.Property(a => a.ModelVersion).HasMaxLength(120);
        builder.HasOne<Screen>().WithMany().HasForeignKey(a => a.ScreenId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(a => a.OpenedAt);
        builder.HasIndex(a => a.At).HasFilter("state = 0").HasDatabaseName("ix_audiences_open");
    }
}

sealed class PresenceConfiguration : IEntityTypeConfiguration<Presence>
{
    public void Configure(EntityTypeBuilder<Presence> builder)
    {
        builder.HasKey(p => new { p.ScreenId, p.Id });
        builder.Property(p => p.From).HasColumnName("seen_from");
        builder.Property(p => p.To).HasColumnName("seen_to");
        builder.Property(p => p.AttentionAt).HasDefaultValueSql("'{}'");
        builder.Property(p => p.AttentionSeconds).HasDefaultValueSql("'{}'");
        builder.HasIndex(p => new { p.ScreenId, p.From });
        builder.HasIndex(p => p.PersonId);
        builder.Property(p => p.CountedPresentMs).HasDefaultValue(0);
        builder.Property(p => p.CountedAttentiveMs).HasDefaultValue(0);
        builder.HasIndex(p => p.ScreenId).HasFilter("exposures_due").HasDatabaseName("ix_presences_due");
        builder.HasOne<Screen>().WithMany().HasForeignKey(p => p.ScreenId).OnDelete(DeleteBehavior.Restrict);
        builder.ToTable(t => t.HasCheckConstraint("ck_presences_interval", "seen_to >= seen_from"));
    }
}

sealed class PersonConfiguration : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.HasIndex(p => new { p.SiteId, p.Epoch });
        builder.HasOne<Site>().WithMany().HasForeignKey(p => p.SiteId).OnDelete(DeleteBehavior.Restrict);
    }
}

sealed class EpochKeyConfiguration : IEntityTypeConfiguration<EpochKey>
{
    public void Configure(EntityTypeBuilder<EpochKey> builder)
    {
        builder.HasKey(k => new { k.SiteId, k.Epoch });
        builder.Property(k => k.Id).HasDefaultValueSql("gen_random_uuid()");
        builder.HasIndex(k => k.Id).IsUnique();
        builder.HasOne<Site>().WithMany().HasForeignKey(k => k.SiteId).OnDelete(DeleteBehavior.Restrict);
    }
}
