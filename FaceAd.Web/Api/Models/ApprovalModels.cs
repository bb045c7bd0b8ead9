namespace FaceAd.Web.Api.Models;

/// <summary>Items awaiting the media owner's review.</summary>
/// <param name="FourEyes">Whether two different administrators must approve.</param>
/// <param name="Checklist">What an approval must confirm.</param>
/// <param name="Total">How many items there are in all.</param>
/// <param name="Items">The oldest items.</param>
sealed record WaitingModel(bool FourEyes, IReadOnlyList<string> Checklist, int Total, IReadOnlyList<WaitingItemModel> Items);

/// <summary>One item awaiting review.</summary>
/// <param name="Since">When it was submitted.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="Version">The new version of a creative; null for the campaign as a whole.</param>
/// <param name="Running">The version playing now.</param>
/// <param name="ApprovedBy">Sign-in names of those who have already approved it.</param>
/// <param name="ChangeRequest">The change request; null for the other kinds.</param>
sealed record WaitingItemModel(
    DateTimeOffset Since, CampaignModel Campaign, VersionModel? Version, VersionModel? Running, IReadOnlyList<string> ApprovedBy,
    ChangeRequestModel? ChangeRequest);

/// <summary>An approval.</summary>
/// <param name="Confirmed">All of the checklist: allAges, sender, claims, rights, legible.</param>
sealed record ApproveModel(string[]? Confirmed);

/// <summary>A rejection.</summary>
/// <param name="Reason">The reason shown to the advertiser, 1 to 1,000 characters.</param>
sealed record RejectModel(string? Reason);
