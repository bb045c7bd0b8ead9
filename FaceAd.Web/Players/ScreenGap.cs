using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Players;

/// <summary>
/// A time in which no node heard a screen. It is written in the statement that writes the next heartbeat, so whoever knows a heartbeat
/// knows every gap before it. Only in a gap does a player play by itself.
/// </summary>
sealed class ScreenGap
{
    /// <summary>
    /// The shortest: more than lies between two heartbeats that are written, and less than the
    /// <see cref="Core.Offline.OfflineSchedule.Silence"/> after which a player plays by itself, by what the server may have heard after the
    /// last answer that reached it.
    /// </summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(20);

    /// <summary>How long gaps are kept: longer than plays are accepted.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(40);

    public required Guid ScreenId { get; init; }

    /// <summary>The last heartbeat before it; before the first one, when the screen was registered.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The first heartbeat after it.</summary>
    public required DateTimeOffset Until { get; init; }
}

sealed class ScreenGapConfiguration : IEntityTypeConfiguration<ScreenGap>
{
    public void Configure(EntityTypeBuilder<ScreenGap> builder)
    {
        builder.ToTable("screen_gaps");
        builder.HasKey(g => new { g.ScreenId, g.Since });
        builder.HasIndex(g => g.Until);
        builder.HasOne<Screen>().WithMany().HasForeignKey(g => g.ScreenId).OnDelete(DeleteBehavior.Cascade);
    }
}
