namespace FaceAd.Web.Accounts.Mail;

/// <summary>A file that goes with a <see cref="StoredMail"/>; gone with it. Apart, so that lists of mails do not carry it.</summary>
sealed class MailAttachment
{
    /// <summary>The most bytes: what mail servers take without a second thought.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    /// <summary>The mail.</summary>
    public Guid MailId { get; init; }

    /// <summary>The file's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its media type, such as application/pdf.</summary>
    public required string MediaType { get; init; }

    /// <summary>Its bytes.</summary>
    public required byte[] Content { get; init; }
}
