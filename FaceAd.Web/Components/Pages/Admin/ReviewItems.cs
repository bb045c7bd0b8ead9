using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>One thing that waits for the media owner: a campaign, or a new version of a film in a running one.</summary>
/// <param name="Campaign">The campaign, with advertiser and the films that would run.</param>
/// <param name="Version">The version; null for the campaign as a whole.</param>
/// <param name="Running">The version that plays now; null when there is none, or it is about the campaign.</param>
/// <param name="ApprovedBy">Sign-in names of those who have approved it already.</param>
sealed record WaitingItem(Campaign Campaign, Creative? Version, Creative? Running, IReadOnlyList<string> ApprovedBy)
{
    /// <summary>Its name on the page.</summary>
    public Guid Key => Version?.Id ?? Campaign.Id;

    /// <summary>Since when it waits.</summary>
    public DateTimeOffset Since => Version?.CreatedAt ?? Campaign.SubmittedAt ?? Campaign.CreatedAt;

    /// <summary>The films to look at.</summary>
    public IReadOnlyList<Creative> Films => Version is { } version ? [version] : [.. Campaign.Creatives];

    /// <summary>What has to be confirmed.</summary>
    public static IReadOnlyList<ReviewItem> Checklist { get; } = Enum.GetValues<ReviewItem>();
}
