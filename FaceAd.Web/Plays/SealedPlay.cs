using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Plays;

/// <summary>
/// A place in the chain of a player's key: the seal of a play, accepted or disputed, with what the play's row does not have. Kept as long
/// as plays are, of the house loop and disputed ones too: what lies between two plays of a campaign proves that none is missing there.
/// </summary>
sealed class SealedPlay
{
    public required int KeyId { get; init; }

    /// <summary>Number in the chain, from 1.</summary>
    public required long Number { get; init; }

    public required Guid PlayId { get; init; }

    /// <summary>When the play began, to find the numbers of a day.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether the player claims presence to be measured; the play's row has whether the server agrees.</summary>
    public required bool Measured { get; init; }

    /// <summary>SHA-256 of what was signed, see <see cref="Core.Proof.PlayPayload"/>.</summary>
    public required byte[] PayloadHash { get; init; }

    /// <summary>See <see cref="Core.Proof.PlaySeal"/>.</summary>
    public required byte[] Previous { get; init; }

    public required byte[] Signature { get; init; }
}

sealed class SealedPlayConfiguration : IEntityTypeConfiguration<SealedPlay>
{
    public void Configure(EntityTypeBuilder<SealedPlay> builder)
    {
        builder.ToTable("play_seals");
        builder.HasKey(s => new { s.KeyId, s.Number });
        builder.HasIndex(s => new { s.KeyId, s.StartedAt }).IncludeProperties(s => s.Number);
        builder.HasOne<ScreenKey>().WithMany().HasForeignKey(s => s.KeyId).OnDelete(DeleteBehavior.Restrict);
    }
}
