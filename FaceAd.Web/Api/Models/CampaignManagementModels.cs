namespace FaceAd.Web.Api.Models;

/// <summary>Parameters of a copy.</summary>
/// <param name="Name">Its name; absent for "Copy of ...".</param>
sealed record DuplicateModel(string? Name);

/// <summary>One entry of a campaign's history.</summary>
/// <param name="At">Time of the change.</param>
/// <param name="What">What was done, such as campaignChanged.</param>
/// <param name="Who">Sign-in name; null where it is withheld, or the system acted.</param>
/// <param name="ByMediaOwner">Whether the media owner's staff acted.</param>
/// <param name="Details">Further facts.</param>
sealed record HistoryModel(
    DateTimeOffset At, string What, string? Who, bool ByMediaOwner, IReadOnlyDictionary<string, string> Details);

/// <summary>A comment.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Author">The author's name at the time.</param>
/// <param name="ByMediaOwner">Whether it was written for the media owner.</param>
/// <param name="Text">The comment.</param>
/// <param name="At">When it was posted.</param>
sealed record CommentModel(Guid Id, string Author, bool ByMediaOwner, string Text, DateTimeOffset At);

/// <summary>A new comment.</summary>
/// <param name="Text">1 to 2,000 characters.</param>
sealed record NewCommentModel(string? Text);

/// <summary>Where and when a campaign would run.</summary>
/// <param name="Targets">Segments.</param>
/// <param name="SiteIds">Sites; without sites and groups: all.</param>
/// <param name="GroupIds">Site groups.</param>
/// <param name="Days">Days of the week; absent for all.</param>
/// <param name="Hours">Hours of the day; absent for all.</param>
sealed record InventoryTermsModel(string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days, int[]? Hours);

/// <summary>What was measured there in the past.</summary>
/// <param name="Screens">Screens.</param>
/// <param name="Presences">Presences of the segments in the requested hours, repeats included; null when there are too many screens to sum
/// up.</param>
/// <param name="MeasuredDays">Days on which anyone was measured there.</param>
/// <param name="LookedBackDays">Days looked back, excluding today.</param>
sealed record InventoryModel(int Screens, long? Presences, int MeasuredDays, int LookedBackDays);
