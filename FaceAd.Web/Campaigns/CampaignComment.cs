using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>One comment in the conversation between advertiser and media owner about a campaign.</summary>
sealed class CampaignComment
{
    /// <summary>The longest comment, in characters.</summary>
    public const int MaxText = 2000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid CampaignId { get; init; }

    /// <summary>The author; null once the account is removed.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The author's name at the time.</summary>
    public required string Author { get; init; }

    /// <summary>Whether the author wrote for the media owner.</summary>
    public required bool ByOwner { get; init; }

    /// <summary>The comment.</summary>
    public required string Text { get; init; }

    /// <summary>When it was posted.</summary>
    public required DateTimeOffset At { get; init; }
}

sealed class CampaignCommentConfiguration : IEntityTypeConfiguration<CampaignComment>
{
    public void Configure(EntityTypeBuilder<CampaignComment> builder)
    {
        builder.ToTable("campaign_comments");
        builder.Property(c => c.Author).HasMaxLength(StorableText.Column(120));
        builder.Property(c => c.Text).HasMaxLength(StorableText.Column(CampaignComment.MaxText));
        builder.HasIndex(c => new { c.CampaignId, c.At, c.Id });
        builder.HasOne<Campaign>().WithMany().HasForeignKey(c => c.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.SetNull);
    }
}
