using System.Globalization;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.DataProtection;

namespace FaceAd.Web.Reports.Mailing;

/// <summary>Writes mails about reports in the recipient's language. Figures are in the file or behind the link, not in the text.</summary>
/// <param name="words">Looks up the texts.</param>
/// <param name="links">Addresses of pages.</param>
/// <param name="protection">Signs the links.</param>
/// <param name="scopes">For <see cref="Display"/>.</param>
sealed class ReportMailTexts(Words words, SiteLinks links, IDataProtectionProvider protection, IServiceScopeFactory scopes)
{
    /// <summary>The page where a recipient agrees or unsubscribes.</summary>
    public const string Path = "account/report-mail";

    /// <summary>Where mail clients post one-click unsubscribes.</summary>
    public const string OneClickPath = "/api/report-mail/stop";

    /// <summary>Writes a report's mail.</summary>
    /// <param name="mailing">The recipient.</param>
    /// <param name="campaign">The campaign, with its organisation.</param>
    /// <param name="due">What it is about.</param>
    /// <param name="language">"en" or "ko".</param>
    /// <param name="attached">Whether the file is attached.</param>
    /// <param name="link">Where the report is on the web; null for nowhere.</param>
    public ReportMail Report(ReportMailing mailing, Campaign campaign, DueReport due, string language, bool attached, string? link) =>
        In(language, display =>
        {
            var days = display.Days(due.First, due.Last);
            var text = words(due.IsEnd ? "ReportMail.End" : "ReportMail.Week", campaign.Name, days)
                + (attached ? "\n" + words("ReportMail.Attached") : "")
                + (link is null ? "" : "\n\n" + words("ReportMail.Open") + "\n" + link);
            return Write(mailing, words("ReportMail.Subject", campaign.Name, days), text, "ReportMail.Foot");
        });

    /// <summary>Writes the mail that asks an address outside.</summary>
    public ReportMail Question(ReportMailing mailing, Campaign campaign, string language) => In(language, _ => Write(
        mailing, words("ReportMail.Ask.Subject", campaign.Organisation!.Name),
        words("ReportMail.Ask", campaign.Organisation.Name, campaign.Name, Page(mailing)), "ReportMail.Ask.Foot"));

    /// <summary>The recipient whose link this is; null when it is no link of ours.</summary>
    public Guid? Read(string? token)
    {
        if (token is not { Length: > 0 and < 1000 }) return null;
        try
        {
            return Guid.TryParse(Protector.Unprotect(token), out var id) ? id : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    internal string TokenOf(Guid mailing) => Protector.Protect(mailing.ToString("N"));

    private IDataProtector Protector => protection.CreateProtector("FaceAd.Reports.Mailing");

    private string Page(ReportMailing mailing) => links.Of(Path) + "?token=" + TokenOf(mailing.Id);

    private ReportMail Write(ReportMailing mailing, string subject, string text, string foot) => new(
        subject, text + "\n\n" + words(foot, Page(mailing)) + "\n\n" + words("Mail.Foot", links.Of("")),
        links.Of(OneClickPath[1..]) + "?token=" + TokenOf(mailing.Id));

    private ReportMail In(string language, Func<Display, ReportMail> write)
    {
        var (culture, texts) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            using var scope = scopes.CreateScope();
            return write(scope.ServiceProvider.GetRequiredService<Display>());
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, texts);
        }
    }
}
