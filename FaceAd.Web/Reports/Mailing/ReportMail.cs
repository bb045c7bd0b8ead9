namespace FaceAd.Web.Reports.Mailing;

/// <summary>A mail about reports.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Unsubscribe">One-click unsubscribe address (RFC 8058).</param>
readonly record struct ReportMail(string Subject, string Text, string Unsubscribe);
