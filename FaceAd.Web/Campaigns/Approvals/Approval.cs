using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>What a reviewer confirms before approving. The values are stored in the database.</summary>
enum ReviewItem
{
    /// <summary>Suitable for everyone who rides, children included.</summary>
    AllAges = 1,

    /// <summary>The advertiser is identifiable.</summary>
    Sender = 2,

    /// <summary>Claims cite their source; the product category is allowed.</summary>
    Claims = 3,

    /// <summary>Rights to music, images and people's likenesses are plausible.</summary>
    Rights = 4,

    /// <summary>Legible on an elevator screen, without sound, in the formats it will run in; no flashing.</summary>
    Legible = 5,
}

/// <summary>One reviewer's approval of a campaign, or of one new version of a creative.</summary>
sealed class Approval
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid CampaignId { get; init; }

    /// <summary>The creative version; null for the campaign as a whole.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>The reviewer; null for programs.</summary>
    public Guid? UserId { get; init; }

    /// <summary>The reviewer's sign-in name.</summary>
    public string? UserName { get; init; }

    /// <summary>What the reviewer confirmed.</summary>
    public ReviewItem[] Confirmed { get; init; } = [];

    /// <summary>When it was given.</summary>
    public required DateTimeOffset At { get; init; }
}

sealed class ApprovalConfiguration : IEntityTypeConfiguration<Approval>
{
    public void Configure(EntityTypeBuilder<Approval> builder)
    {
        builder.ToTable("approvals");
        builder.Property(a => a.UserName).HasMaxLength(256);
        builder.HasIndex(a => new { a.CampaignId, a.At });
        builder.HasOne<Campaign>().WithMany().HasForeignKey(a => a.CampaignId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>
/// Approval settings; configuration section <c>Approvals</c>. Deliberately not a switch on a page: one administrator could turn it off,
/// approve, and turn it back on.
/// </summary>
sealed class ApprovalOptions
{
    /// <summary>Whether two different administrators must approve. Off by default.</summary>
    public bool FourEyes { get; set; }
}
