using System.Globalization;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Mail;

namespace FaceAd.Web.Notifications;

/// <summary>
/// Writes notification mails in the recipient's language. They hold names, reasons and the start of comments: no figures, and nothing about
/// viewers.
/// </summary>
/// <param name="words">Looks up the texts.</param>
/// <param name="mails">Signs the links.</param>
/// <param name="links">Addresses of pages.</param>
sealed class NotificationMailTexts(Words words, MailPreferences mails, SiteLinks links)
{
    /// <summary>The page that the link in a mail opens.</summary>
    public const string Path = "/account/unsubscribe";

    /// <summary>Where mail clients post one-click unsubscribes.</summary>
    public const string OneClickPath = "/api/unsubscribe";

    /// <summary>The most notifications listed in one mail; further ones are only counted.</summary>
    public const int MostLines = 20;

    /// <summary>Writes a mail about one notification, or a digest of several.</summary>
    /// <param name="to">The recipient.</param>
    /// <param name="notes">The notifications, oldest first; at least one.</param>
    public NotificationMail Write(User to, IReadOnlyList<Notification> notes)
    {
        var (culture, language) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(to.Language ?? to.SeenLanguage ?? "en");
            var one = notes.Count == 1;
            // The link of a mail about one kind unsubscribes from that kind; a mixed digest's, from all mails.
            NotificationKind? kind = notes.All(n => n.Kind == notes[0].Kind) ? notes[0].Kind : null;
            var token = mails.TokenOf(to.Id, kind);
            var told = notes.Take(MostLines).Select(n => Line(n, one));
            var rest = notes.Count > MostLines
                ? words("Mail.Note.More", notes.Count - MostLines) + "\n" + Link("notifications") + "\n\n" : "";
            var end = words(kind is null ? "Mail.Note.Foot.All" : "Mail.Note.Foot", Link("account/settings") + "#mail",
                Link(Path[1..]) + "?token=" + token);
            return new NotificationMail(
                one ? Title(notes[0]) : words("Mail.Note.Digest", notes.Count),
                string.Concat(told) + rest + "\n" + end + "\n\n" + words("Mail.Foot", Link("")),
                Link(OneClickPath[1..]) + "?token=" + token);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, language);
        }
    }

    private string Line(Notification note, bool alone) =>
        $"{(alone ? "" : "• ")}{Title(note)}\n{(Detail(note) is { } detail ? detail + "\n" : "")}{Link(note.Page)}\n\n";

    private string Title(Notification note) => words("Bell.Kind." + note.Kind, note.Subject);

    // What people wrote is kept to one line, so that it cannot imitate the end of the mail.
    private string? Detail(Notification note) => note.Detail is null ? null
        : note.Kind == NotificationKind.CreativeFailed ? words("Form.Refusal." + note.Detail)
        : note.Kind == NotificationKind.ExperimentStopped ? words("Experiment.End." + note.Detail)
        : new string([.. note.Detail.Select(c => char.IsControl(c) ? ' ' : c)]);

    private string Link(string path) => links.Of(path);
}
