using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>One item awaiting the media owner's review: a campaign, or a new version of a creative in a running one.</summary>
/// <param name="Campaign">The campaign, with advertiser and the creatives that would run.</param>
/// <param name="Version">The creative version; null for the campaign as a whole.</param>
/// <param name="Running">The version playing now; null when there is none, or the item is a campaign.</param>
/// <param name="ApprovedBy">Sign-in names of those who have already approved it.</param>
sealed record WaitingItem(Campaign Campaign, Creative? Version, Creative? Running, IReadOnlyList<string> ApprovedBy)
{
    /// <summary>Its key on the page.</summary>
    public Guid Key => Version?.Id ?? Campaign.Id;

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset Since => Version?.CreatedAt ?? Campaign.SubmittedAt ?? Campaign.CreatedAt;

    /// <summary>The creatives to review.</summary>
    public IReadOnlyList<Creative> Creatives => Version is { } version ? [version] : [.. Campaign.Creatives];

    /// <summary>What the reviewer has to confirm.</summary>
    public static IReadOnlyList<ReviewItem> Checklist { get; } = Enum.GetValues<ReviewItem>();
}

/// <summary>Items awaiting the media owner's review, oldest first.</summary>
/// <param name="Items">The oldest items.</param>
/// <param name="Total">How many items there are in all.</param>
sealed record WaitingItems(IReadOnlyList<WaitingItem> Items, int Total);

/// <summary>Reads what awaits the media owner's review: submitted campaigns, and new versions of running creatives.</summary>
sealed class ApprovalQueue(IDbContextFactory<FaceAdDbContext> contexts)
{
    /// <summary>Reads the oldest items.</summary>
    /// <param name="viewer">The requesting user; empty for anyone outside the media owner.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<WaitingItems> ReadAsync(Viewer viewer, int most, CancellationToken cancellation = default)
    {
        if (!viewer.IsMediaOwner) return new WaitingItems([], 0);
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var submitted = db.Campaigns.AsNoTracking().Where(c => c.State == CampaignState.Submitted && c.DeletedAt == null);
        var proposed = db.Creatives.IgnoreQueryFilters().AsNoTracking()
            .Where(c => c.State == CreativeState.Proposed && c.Campaign!.DeletedAt == null
                && (c.Campaign.State == CampaignState.Approved || c.Campaign.State == CampaignState.Paused));
        var campaigns = await submitted.AsSplitQuery().Include(c => c.Organisation)
            .Include(c => c.Creatives.Where(f => f.State == CreativeState.Current).OrderBy(f => f.CreatedAt))
            .OrderBy(c => c.SubmittedAt).ThenBy(c => c.Id).Take(most).ToListAsync(cancellation);
        var versions = await proposed.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(most).ToListAsync(cancellation);
        var lines = versions.Select(v => v.LineId).ToArray();
        var running = await db.Creatives.AsNoTracking().Where(c => lines.Contains(c.LineId)).ToDictionaryAsync(c => c.LineId, cancellation);
        var parents = versions.Select(v => v.CampaignId).Distinct().ToArray();
        var homes = await db.Campaigns.AsNoTracking().Include(c => c.Organisation).Where(c => parents.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellation);
        var ids = campaigns.Select(c => c.Id).Concat(homes.Values.Select(c => c.Id)).ToArray();
        var approvals = await db.Set<Approval>().AsNoTracking().Where(a => ids.Contains(a.CampaignId)).OrderBy(a => a.At)
            .ToListAsync(cancellation);
        IReadOnlyList<string> By(Guid campaign, Guid? version, DateTimeOffset? since) =>
            [.. approvals.Where(a => a.CampaignId == campaign && a.CreativeId == version && a.At >= since).Select(a => a.UserName ?? "–")];
        IReadOnlyList<WaitingItem> items =
        [
            .. campaigns.Select(c => new WaitingItem(c, null, null, By(c.Id, null, c.SubmittedAt)))
                .Concat(
                    versions.Select(v =>
                        new WaitingItem(homes[v.CampaignId!.Value], v, running.GetValueOrDefault(v.LineId),
                            By(v.CampaignId!.Value, v.Id, v.CreatedAt))))
                .OrderBy(i => i.Since).Take(most),
        ];
        return new WaitingItems(
            items, items.Count < most ? items.Count : await submitted.CountAsync(cancellation) + await proposed.CountAsync(cancellation));
    }
}
