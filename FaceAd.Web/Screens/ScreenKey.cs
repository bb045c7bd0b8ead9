using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Screens;

/// <summary>
/// The public half of a key with which a screen's player signs its plays. Kept for ever: it proves the plays that it signed.
/// </summary>
sealed class ScreenKey
{
    /// <summary>Short, because each play names it.</summary>
    public int Id { get; init; }

    public required Guid ScreenId { get; init; }

    /// <summary>SubjectPublicKeyInfo, see <see cref="Core.Proof.PlayKey"/>.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>When the first play signed with it arrived.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}

sealed class ScreenKeyConfiguration : IEntityTypeConfiguration<ScreenKey>
{
    public void Configure(EntityTypeBuilder<ScreenKey> builder)
    {
        builder.ToTable("screen_keys");
        builder.HasIndex(k => new { k.ScreenId, k.PublicKey }).IsUnique();
        builder.HasOne<Screen>().WithMany().HasForeignKey(k => k.ScreenId).OnDelete(DeleteBehavior.Restrict);
    }
}
