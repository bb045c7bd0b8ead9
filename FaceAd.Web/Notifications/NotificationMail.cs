
namespace FaceAd.Web.Notifications;

/// <summary>A mail about notifications.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Unsubscribe">One-click unsubscribe address (RFC 8058).</param>
readonly record struct NotificationMail(string Subject, string Text, string Unsubscribe);
