using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Campaigns;

/// <summary>One line of the talk between advertiser and media owner about a campaign.</summary>
public sealed class CampaignComment
{
    /// <summary>The longest comment, in characters.</summary>
    public const int MaxText = 2000;

    /// <summary>Identity.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>Who wrote; null when the account has gone.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Their name of then.</summary>
    public required string Author { get; init; }

    /// <summary>Whether they wrote for the media owner.</summary>
    public required bool ByOwner { get; init; }

    /// <summary>What they wrote.</summary>
    public required string Text { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

sealed class CampaignCommentConfiguration : IEntityTypeConfiguration<CampaignComment>
{
    public void Configure(EntityTypeBuilder<CampaignComment> builder)
    {
        builder.ToTable("campaign_comments");
        builder.Property(c => c.Author).HasMaxLength(120);
        builder.Property(c => c.Text).HasMaxLength(CampaignComment.MaxText);
        builder.HasIndex(c => new { c.CampaignId, c.At, c.Id });
        builder.HasOne<Campaign>().WithMany().HasForeignKey(c => c.CampaignId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.SetNull);
    }
}

/// <summary>The talk about a campaign, between those who may see it.</summary>
/// <param name="contexts">The database.</param>
/// <param name="news">Told after each comment.</param>
/// <param name="clock">The clock.</param>
public sealed class CampaignTalk(IDbContextFactory<FaceAdDbContext> contexts, CampaignNews news, TimeProvider clock)
{
    /// <summary>A campaign's newest comments, oldest first; none for whoever may not see the campaign.</summary>
    /// <param name="viewer">Who asks.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="before">Those before this one; null for the newest.</param>
    public async Task<IReadOnlyList<CampaignComment>> ListAsync(Viewer viewer, Guid campaign, int most = 100, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var visible = db.Campaigns.Where(c => c.Id == campaign && c.DeletedAt == null && (viewer.IsAdmin || c.OrganisationId == viewer.OrganisationId)).Select(c => c.Id);
        var rows = db.Set<CampaignComment>().AsNoTracking().Where(c => visible.Contains(c.CampaignId));
        if (before is { } place) rows = rows.Where(c => EF.Functions.LessThan(ValueTuple.Create(c.At, c.Id), ValueTuple.Create(place.At, place.Id)));
        var newest = await rows
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(most).ToListAsync();
        newest.Reverse();
        return newest;
    }

    /// <summary>Adds a comment and tells the other side.</summary>
    /// <param name="viewer">Who writes.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="text">What; at most <see cref="CampaignComment.MaxText"/> characters are kept.</param>
    /// <param name="id">Its identity, for whoever may ask twice; null makes one.</param>
    /// <returns>False when there is no such campaign for this viewer, or nothing is written.</returns>
    /// <exception cref="DbUpdateException">There is a comment of that identity already.</exception>
    public async Task<bool> WriteAsync(Viewer viewer, Guid campaign, string text, Guid? id = null)
    {
        var said = text.Trim();
        if (said.Length == 0 || !viewer.CanChange) return false;
        if (said.Length > CampaignComment.MaxText) said = said[..CampaignComment.MaxText];
        await using var db = await contexts.CreateDbContextAsync();
        var about = await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == campaign && c.DeletedAt == null && (viewer.IsAdmin || c.OrganisationId == viewer.OrganisationId));
        if (about is null) return false;
        var now = clock.GetUtcNow();
        var author = await db.Users.Where(u => u.Id == viewer.UserId).Select(u => u.DisplayName).SingleOrDefaultAsync() ?? viewer.Name ?? "";
        db.Add(new CampaignComment { Id = id ?? Guid.CreateVersion7(), CampaignId = campaign, UserId = viewer.UserId, Author = author, ByOwner = viewer.IsAdmin, Text = said, At = now });
        if (viewer.IsAdmin) await db.NotifyOrganisationAsync(about.OrganisationId, NotificationKind.Commented, campaign, about.Name, said, viewer, now);
        else await db.NotifyOwnersAsync(NotificationKind.Commented, campaign, about.Name, said, viewer, now);
        await db.SaveChangesAsync();
        news.Tell();
        return true;
    }
}
