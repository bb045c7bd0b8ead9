using FaceAd.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Screens;

/// <summary>One display with its player.</summary>
public sealed class Screen
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The building it hangs in.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>The building it hangs in.</summary>
    public Site? Site { get; init; }

    /// <summary>Name, such as "Elevator A".</summary>
    public required string Name { get; set; }

    /// <summary>Where its frames are analysed.</summary>
    public InferenceMode Mode { get; set; }

    /// <summary>SHA-256 of the device token. The token itself is shown once and never stored.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>When the token was revoked; null while it is good.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Newest heartbeat, server clock; null before the first.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>Version of the player program at the newest heartbeat.</summary>
    public string? PlayerVersion { get; set; }

    /// <summary>State of the camera at the newest heartbeat.</summary>
    public CameraState Camera { get; set; }

    /// <summary>What the player said was wrong at the newest heartbeat.</summary>
    public string? Problem { get; set; }

    /// <summary>
    /// The player's machine's own clock minus the server's clock at the newest heartbeat, in milliseconds. Reports are corrected for it, except those
    /// of a player that does not say.
    /// </summary>
    public double? ClockOffsetMilliseconds { get; set; }

    /// <summary>How fast that clock runs, in parts per million over the last hour, negative when slow; null while too little is known.</summary>
    public double? ClockDriftPartsPerMillion { get; set; }

    /// <summary>Creative on the screen at the newest heartbeat.</summary>
    public Guid? ShowingCreativeId { get; set; }
}

sealed class ScreenConfiguration : IEntityTypeConfiguration<Screen>
{
    public void Configure(EntityTypeBuilder<Screen> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(120);
        builder.Property(s => s.PlayerVersion).HasMaxLength(64);
        builder.Property(s => s.Problem).HasMaxLength(400);
        builder.HasIndex(s => s.TokenHash).IsUnique();
        builder.HasIndex(s => new { s.SiteId, s.Name }).IsUnique();
        builder.HasOne(s => s.Site).WithMany().HasForeignKey(s => s.SiteId).OnDelete(DeleteBehavior.Restrict);
    }
}
