using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>Looks up a text in the caller's language; supplied by the pages.</summary>
/// <param name="key">Resource key.</param>
/// <param name="values">Format arguments.</param>
delegate string Words(string key, params object[] values);

/// <summary>Writes account mails in the language of the page that triggered them.</summary>
/// <param name="mailbox">Where the mails are posted.</param>
/// <param name="words">Looks up the texts.</param>
/// <param name="options">Hold this site's public address.</param>
/// <param name="http">The current request; its host is used where no address is configured.</param>
sealed class AccountMails(Mailbox mailbox, Words words, IOptions<MailOptions> options, IHttpContextAccessor http)
{
    public Task SignUpAsync(string to, string organisation, string token) =>
        SendAsync(to, "SignUp", organisation, Link("account/confirm", token));

    /// <summary>
    /// For a sign-up with an address that already has an account: tells the account's owner by mail; the page reveals nothing.
    /// </summary>
    public Task AlreadyThereAsync(string to) => SendAsync(to, "Known", Link("account/login"), Link("account/forgot"));

    public Task ResetAsync(string to, string token) => SendAsync(to, "Reset", Link("account/reset", token));

    public Task ChangeEmailAsync(string to, string token) => SendAsync(to, "ChangeEmail", Link("account/email", token));

    public Task EmailChangingAsync(string to, string newAddress) => SendAsync(to, "EmailChanging", newAddress);

    public Task PasswordChangedAsync(string to) => SendAsync(to, "PasswordChanged", Link("account/forgot"));

    public Task TwoFactorOffAsync(string to) => SendAsync(to, "TwoFactorOff", Link("account/forgot"));

    public Task InvitationAsync(string to, string organisation, string by, string role, string token) =>
        SendAsync(to, "Invitation", organisation, by, words("Role." + role), Link("account/invitation", token));

    private Task SendAsync(string to, string key, params object[] values) =>
        mailbox.SendAsync(
            to, words($"Mail.{key}.Subject", values), words($"Mail.{key}.Text", values) + "\n\n" + words("Mail.Foot", Link("")));

    private string Link(string path, string? token = null) => new Uri(Site(), token is null ? path : $"{path}?token={token}").ToString();

    // With a mail server the address must be configured: the Host header is the client's to choose and must not lead people elsewhere.
    private Uri Site() => options.Value.SiteAddress is { } set ? set
        : http.HttpContext?.Request is { } request && mailbox.IsDevelopment ? new Uri($"{request.Scheme}://{request.Host}/")
        : new Uri("http://localhost/");
}
