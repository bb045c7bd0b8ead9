namespace FaceAd.Web.Accounts.Mail;

/// <summary>Settings of mail, bound from <c>Mail</c>.</summary>
sealed class MailOptions
{
    /// <summary>
    /// This site's public address, such as <c>https://ads.example.com/</c>: what links in mails start with, and the name under which pages
    /// are answered. Required with SMTP.
    /// </summary>
    public Uri? SiteAddress { get; set; }

    /// <summary>Sender.</summary>
    public string From { get; set; } = "FaceAd <no-reply@localhost>";

    /// <summary>
    /// Whether a browser on this machine may read the development mailbox without an account, by a secret address, as while developing.
    /// </summary>
    public bool OpenMailbox { get; set; }

    /// <summary>The mail server; without a host, mails stay in the development mailbox.</summary>
    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>SMTP server settings.</summary>
sealed class SmtpOptions
{
    public string? Host { get; set; }

    public int Port { get; set; } = 587;

    /// <summary>Whether to use STARTTLS. Switch off only for a relay on the same machine.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>Sign-in name; null: no authentication.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>A file whose first line is the password; alternative to <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }
}
