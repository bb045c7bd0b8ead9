namespace FaceAd.Web.Api.Models;

/// <summary>Notifications.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Value of after for the next page; null on the last page.</param>
/// <param name="Unread">How many are unread.</param>
sealed record NotificationsModel(IReadOnlyList<NotificationModel> Items, string? Next, int Unread);

/// <summary>A notification.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">What happened, such as campaignApproved.</param>
/// <param name="CampaignId">The campaign concerned.</param>
/// <param name="ScreenId">The screen concerned.</param>
/// <param name="Subject">Name of the campaign, creative or screen at the time.</param>
/// <param name="Detail">A reason, or the start of a comment.</param>
/// <param name="Text">The same as a sentence, in the caller's language.</param>
/// <param name="At">When it was created.</param>
/// <param name="ReadAt">When it was read; null while unread.</param>
sealed record NotificationModel(Guid Id, string Kind, Guid? CampaignId, Guid? ScreenId, string Subject, string? Detail, string Text,
    DateTimeOffset At, DateTimeOffset? ReadAt);

/// <summary>Marks notifications as read.</summary>
/// <param name="UpTo">Time of the newest one that was read.</param>
sealed record ReadModel(DateTimeOffset UpTo);
