using FaceAd.Core;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Screens;

/// <summary>One display and its player.</summary>
sealed class Screen
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The site it is installed at.</summary>
    public required Guid SiteId { get; init; }

    /// <summary>The site it is installed at.</summary>
    public Site? Site { get; init; }

    /// <summary>Name, such as "Elevator A".</summary>
    public required string Name { get; set; }

    /// <summary>Where its frames are analysed.</summary>
    public InferenceMode Mode { get; set; }

    /// <summary>SHA-256 of the device token. The token itself is shown once and never stored.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>When the token was revoked; null while it is valid.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time of the latest heartbeat, server's clock; null before the first.</summary>
    public DateTimeOffset? LastSeenAt { get; set; }

    /// <summary>Player version at the latest heartbeat.</summary>
    public string? PlayerVersion { get; set; }

    /// <summary>Camera state at the latest heartbeat.</summary>
    public CameraState Camera { get; set; }

    /// <summary>Problem that the player reported at the latest heartbeat.</summary>
    public string? Problem { get; set; }

    /// <summary>Creatives that failed on the screen and were left out there, at the latest heartbeat; null for none.</summary>
    public Guid[]? LeftOut { get; set; }

    /// <summary>
    /// Clock of the player's machine minus the server's clock at the latest heartbeat, in milliseconds. Reports are corrected by it, except
    /// those of players that do not send it.
    /// </summary>
    public double? ClockOffsetMilliseconds { get; set; }

    /// <summary>
    /// Drift of that clock in parts per million over the last hour, negative when slow; null while there is too little data.
    /// </summary>
    public double? ClockDriftPartsPerMillion { get; set; }

    /// <summary>Creative on the screen at the latest heartbeat.</summary>
    public Guid? ShowingCreativeId { get; set; }
}

sealed class ScreenConfiguration : IEntityTypeConfiguration<Screen>
{
    public void Configure(EntityTypeBuilder<Screen> builder)
    {
        builder.Property(s => s.Name).HasMaxLength(StorableText.Column(120));
        builder.Property(s => s.PlayerVersion).HasMaxLength(64);
        builder.Property(s => s.Problem).HasMaxLength(400);
        builder.HasIndex(s => s.TokenHash).IsUnique();
        builder.HasIndex(s => new { s.SiteId, s.Name }).IsUnique();
        builder.HasOne(s => s.Site).WithMany().HasForeignKey(s => s.SiteId).OnDelete(DeleteBehavior.Restrict);
    }
}
