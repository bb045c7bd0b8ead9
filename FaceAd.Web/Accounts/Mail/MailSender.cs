using System.Net;
using System.Net.Sockets;
using FaceAd.Web.Data;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using Npgsql;

namespace FaceAd.Web.Accounts.Mail;

/// <summary>
/// Delivers queued mails to the mail server one at a time, and deletes each once it is accepted. A mail is claimed by moving its next
/// attempt into the future, and no database connection is held while the mail server is talked to: if this node dies in between, another
/// one sends the mail, twice perhaps, but never not at all. Failures are retried with growing delays; after a day a mail is given up,
/// because its link has expired.
/// </summary>
sealed class MailSender(
    Mailbox mailbox, IOptions<MailOptions> options, IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time,
    ILogger<MailSender> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUp = TimeSpan.FromDays(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Claim = 2 * Patience;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (mailbox.IsDevelopment) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendNextAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (exception is NpgsqlException || DatabaseBusy.Is(exception))
            {
                log.LogWarning("Cannot send mail: the database is unavailable ({Reason}); will retry", exception.Message);
            }
            await mailbox.WaitAsync(Period, stoppingToken);
        }
    }

    /// <summary>Sends the next due mail.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellation)
    {
        if (await ClaimNextAsync(cancellation) is not { } mail) return false;
        try
        {
            await SendAsync(mail, cancellation);
            log.LogInformation("Mail {Mail} was accepted by the mail server", mail.Id);
        }
        catch (Exception exception) when (IsOfMail(exception))
        {
            await PutOffAsync(mail, exception, cancellation);
            return true;
        }
        await DeleteAsync(mail);
        return true;
    }

    private async Task<StoredMail?> ClaimNextAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var mails = await db.Mails.FromSql(
            $"""
            UPDATE mails SET due_at = {now + Claim} WHERE id =
                (SELECT id FROM mails WHERE due_at <= {now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        return mails.SingleOrDefault();
    }

    private async Task PutOffAsync(StoredMail mail, Exception exception, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var attempts = mail.Attempts + 1;
        var given = now - mail.CreatedAt > GiveUp
            || exception is SmtpCommandException
            {
                ErrorCode: SmtpErrorCode.RecipientNotAccepted,
                StatusCode: SmtpStatusCode.MailboxUnavailable
            };
        // Log neither the address, which servers tend to echo, nor the text: both are private.
        var reason = exception.Message.Replace(mail.To, "the receiver", StringComparison.OrdinalIgnoreCase);
        log.LogWarning(
            "Could not hand mail {Mail} to the mail server, attempt {Attempt} ({Reason}){End}",
            mail.Id, attempts, reason, given ? "; given up" : "");
        if (given)
        {
            await DeleteAsync(mail);
            return;
        }
        var due = now + TimeSpan.FromSeconds(Math.Min(3600, 15 * Math.Pow(2, attempts - 1)));
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await db.Mails.Where(m => m.Id == mail.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.Attempts, attempts).SetProperty(m => m.DueAt, due), cancellation);
    }

    // What the mail server has taken must not be sent again because this app is being stopped.
    private async Task DeleteAsync(StoredMail mail)
    {
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        await db.Mails.Where(m => m.Id == mail.Id).ExecuteDeleteAsync(CancellationToken.None);
    }

    private async Task SendAsync(StoredMail mail, CancellationToken cancellation)
    {
        using var message = Write(mail, await AttachmentAsync(mail, cancellation));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience); // the client's own timeout covers a single response only
        try
        {
            await HandOverAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The mail server took longer than {Patience.TotalSeconds} s.");
        }
    }

    private async Task<MailAttachment?> AttachmentAsync(StoredMail mail, CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.Set<MailAttachment>().AsNoTracking().SingleOrDefaultAsync(a => a.MailId == mail.Id, cancellation);
    }

    private MimeMessage Write(StoredMail mail, MailAttachment? attachment)
    {
        var text = new TextPart("plain") { Text = mail.Text, ContentTransferEncoding = ContentEncoding.Base64 };
        var from = MailboxAddress.Parse(options.Value.From);
        var message = new MimeMessage
        {
            From = { from },
            To = { new MailboxAddress("", mail.To) },
            Subject = mail.Subject,
            Body = attachment is null ? text : new Multipart("mixed") { text, Part(attachment) },
            // The same at every try: if we crash after the server accepts it but before we record that, the receiver can detect the
            // duplicate.
            MessageId = $"{mail.Id:N}@{MailboxAddress.IdnMapping.Encode(from.Domain)}",
        };
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Unsubscribe is { } address)
        {
            message.Headers.Add("List-Unsubscribe", $"<{address}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        return message;
    }

    private static MimePart Part(MailAttachment file) => new(ContentType.Parse(file.MediaType))
    {
        Content = new MimeContent(new MemoryStream(file.Content)),
        ContentDisposition = new ContentDisposition(ContentDisposition.Attachment),
        ContentTransferEncoding = ContentEncoding.Base64,
        FileName = file.Name,
    };

    private async Task HandOverAsync(MimeMessage message, CancellationToken cancellation)
    {
        var smtp = options.Value.Smtp;
        // Without revocation checks: the issuer's server is unreachable from a closed network.
        using var client = new SmtpClient { Timeout = 20_000, CheckCertificateRevocation = false };
        await client.ConnectAsync(smtp.Host!, smtp.Port, smtp.Tls ? SecureSocketOptions.StartTls : SecureSocketOptions.None, cancellation);
        if (smtp.User is { Length: > 0 } user)
        {
            var password = smtp.PasswordFile is { Length: > 0 } file
                ? (await File.ReadAllLinesAsync(file, cancellation)).FirstOrDefault() : smtp.Password;
            await client.AuthenticateAsync(new NetworkCredential(user, password), cancellation);
        }
        // For servers without SMTPUTF8 (RFC 6531) the domain has an ASCII form; the local part has none.
        if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8)
            && message.GetRecipients().Concat(message.From.Mailboxes).Any(m => !System.Text.Ascii.IsValid(m.LocalPart)))
            throw new NotSupportedException("The mail server does not support SMTPUTF8; only ASCII is allowed before the @.");
        await client.SendAsync(message, cancellation);
        await client.DisconnectAsync(quit: true, cancellation);
    }

    /// <summary>Failures of the server, a setting or an address, which may succeed on a retry.</summary>
    private static bool IsOfMail(Exception exception) => exception
        is CommandException or ProtocolException or AuthenticationException or SslHandshakeException or SocketException or IOException
        or TimeoutException or NotSupportedException or InvalidOperationException or FormatException or UnauthorizedAccessException;
}
