using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>What a reviewer confirms before an approval. The numbers are in the database.</summary>
public enum ReviewItem
{
    /// <summary>Suitable for everybody who rides, children included.</summary>
    AllAges = 1,

    /// <summary>The advertiser can be recognised.</summary>
    Sender = 2,

    /// <summary>Claims carry their source; the category is allowed.</summary>
    Claims = 3,

    /// <summary>Rights to music, pictures and persons are plausible.</summary>
    Rights = 4,

    /// <summary>Legible on an elevator screen, without sound, in the shapes it will run in; no flashing.</summary>
    Legible = 5,
}

/// <summary>One reviewer's approval of a campaign, or of one new version of a film.</summary>
public sealed class Approval
{
    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>The version; null for the campaign as a whole.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>Who approved; null for programs.</summary>
    public Guid? UserId { get; init; }

    /// <summary>That person's sign-in name.</summary>
    public string? UserName { get; init; }

    /// <summary>What they confirmed.</summary>
    public ReviewItem[] Confirmed { get; init; } = [];

    /// <summary>When.</summary>
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

/// <summary>How approvals work; configuration section <c>Approvals</c>. Not a switch on a page: one administrator could turn it off, approve, and turn it on.</summary>
public sealed class ApprovalOptions
{
    /// <summary>Whether two different administrators must approve. Off by default.</summary>
    public bool FourEyes { get; set; }
}
