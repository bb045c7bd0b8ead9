using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>Words in the language of whoever asks; the pages bring them.</summary>
/// <param name="key">Which words.</param>
/// <param name="values">What stands in their places.</param>
delegate string Words(string key, params object[] values);

/// <summary>Writes the mails of accounts, in the language of the page that caused them.</summary>
/// <param name="mailbox">Takes them.</param>
/// <param name="words">The words.</param>
/// <param name="options">Where this site is reached.</param>
/// <param name="http">The request, which says so where no address is set.</param>
sealed class AccountLetters(Mailbox mailbox, Words words, IOptions<MailOptions> options, IHttpContextAccessor http)
{
    public Task SignUpAsync(string to, string organisation, string token) => SendAsync(to, "SignUp", organisation, Link("account/confirm", token));

    /// <summary>Somebody signs up with an address that has an account: its owner hears of it, the page says nothing.</summary>
    public Task AlreadyThereAsync(string to) => SendAsync(to, "Known", Link("account/login"), Link("account/forgot"));

    public Task ResetAsync(string to, string token) => SendAsync(to, "Reset", Link("account/reset", token));

    public Task ChangeEmailAsync(string to, string token) => SendAsync(to, "ChangeEmail", Link("account/email", token));

    public Task EmailChangingAsync(string to, string newAddress) => SendAsync(to, "EmailChanging", newAddress);

    public Task PasswordChangedAsync(string to) => SendAsync(to, "PasswordChanged", Link("account/forgot"));

    public Task TwoFactorOffAsync(string to) => SendAsync(to, "TwoFactorOff", Link("account/forgot"));

    public Task InvitationAsync(string to, string organisation, string by, string role, string token) =>
        SendAsync(to, "Invitation", organisation, by, words("Role." + role), Link("account/invitation", token));

    private Task SendAsync(string to, string key, params object[] values) =>
        mailbox.SendAsync(to, words($"Mail.{key}.Subject", values), words($"Mail.{key}.Text", values) + "\n\n" + words("Mail.Foot", Link("")));

    private string Link(string path, string? token = null) => new Uri(Site(), token is null ? path : $"{path}?token={token}").ToString();

    // With a mail server the address is set: a request's Host header, which anybody can write, must not lead people elsewhere.
    private Uri Site() => options.Value.SiteAddress is { } set ? set
        : http.HttpContext?.Request is { } request && mailbox.IsDevelopment ? new Uri($"{request.Scheme}://{request.Host}/")
        : new Uri("http://localhost/");
}
