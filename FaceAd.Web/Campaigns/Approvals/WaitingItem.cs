using FaceAd.Web.Campaigns.Requests;

namespace FaceAd.Web.Campaigns.Approvals;

/// <summary>
/// One item awaiting the media owner's review: a campaign, or in a booked one a new version of a creative or a change request.
/// </summary>
/// <param name="Campaign">The campaign, with advertiser and the creatives that would run.</param>
/// <param name="Version">The creative version; null for the campaign as a whole.</param>
/// <param name="Running">The version playing now; null when there is none, or the item is a campaign.</param>
/// <param name="ApprovedBy">Sign-in names of those who have already approved it.</param>
sealed record WaitingItem(Campaign Campaign, Creative? Version, Creative? Running, IReadOnlyList<string> ApprovedBy)
{
    /// <summary>The change request; null for the other kinds.</summary>
    public ChangeRequest? Request { get; init; }

    /// <summary>Whether the version plays only when the campaign's open change request is accepted.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Its key on the page.</summary>
    public Guid Key => Request?.Id ?? Version?.Id ?? Campaign.Id;

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset Since => Request?.CreatedAt ?? Version?.CreatedAt ?? Campaign.SubmittedAt ?? Campaign.CreatedAt;

    /// <summary>The creatives to review.</summary>
    public IReadOnlyList<Creative> Creatives => Version is { } version ? [version] : [.. Campaign.Creatives];

    /// <summary>What the reviewer has to confirm.</summary>
    public static IReadOnlyList<ReviewItem> Checklist { get; } = Enum.GetValues<ReviewItem>();
}

/// <summary>Items awaiting the media owner's review, oldest first.</summary>
/// <param name="Items">The oldest items.</param>
/// <param name="Total">How many items there are in all.</param>
sealed record WaitingItems(IReadOnlyList<WaitingItem> Items, int Total);
