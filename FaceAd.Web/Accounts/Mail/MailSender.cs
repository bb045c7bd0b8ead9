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
/// Delivers queued mails to the mail server one at a time, and deletes each once it is accepted. Failures are retried with growing delays;
/// after a day a mail is given up, because its link has expired.
/// </summary>
sealed class MailSender(
    Mailbox mailbox, IOptions<MailOptions> options, IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time,
    ILogger<MailSender> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GiveUp = TimeSpan.FromDays(1);

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
            catch (Exception exception) when (exception is NpgsqlException or DbUpdateException)
            {
                log.LogWarning("Cannot send mail: the database is unavailable ({Reason}); will retry", exception.Message);
            }
            await mailbox.WaitAsync(Period, stoppingToken);
        }
    }

    /// <summary>Sends the next due mail. Its row stays locked meanwhile, so that with several nodes each mail is sent once.</summary>
    private async Task<bool> SendNextAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var now = time.GetUtcNow();
        var mail = await db.Mails.FromSql($"SELECT * FROM mails WHERE due_at <= {now} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED")
            .SingleOrDefaultAsync(cancellation);
        if (mail is null) return false;
        try
        {
            await SendAsync(mail, cancellation);
            db.Mails.Remove(mail);
            log.LogInformation("Mail {Mail} was accepted by the mail server", mail.Id);
        }
        catch (Exception exception) when (IsOfMail(exception))
        {
            mail.Attempts++;
            mail.DueAt = now + TimeSpan.FromSeconds(Math.Min(3600, 15 * Math.Pow(2, mail.Attempts - 1)));
            var given = now - mail.CreatedAt > GiveUp
                || exception is SmtpCommandException
                {
                    ErrorCode: SmtpErrorCode.RecipientNotAccepted,
                    StatusCode: SmtpStatusCode.MailboxUnavailable
                };
            if (given) db.Mails.Remove(mail);
            // Log neither the address, which servers tend to echo, nor the text: both are private.
            var reason = exception.Message.Replace(mail.To, "the receiver", StringComparison.OrdinalIgnoreCase);
            log.LogWarning(
                "Could not hand mail {Mail} to the mail server, attempt {Attempt} ({Reason}){End}",
                mail.Id, mail.Attempts, reason, given ? "; given up" : "");
        }
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task SendAsync(StoredMail mail, CancellationToken cancellation)
    {
        using var message = Write(mail);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30)); // the client's own timeout covers a single response only
        try
        {
            await HandOverAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("The mail server took longer than 30 s.");
        }
    }

    private MimeMessage Write(StoredMail mail)
    {
        var from = MailboxAddress.Parse(options.Value.From);
        var message = new MimeMessage
        {
            From = { from },
            To = { new MailboxAddress("", mail.To) },
            Subject = mail.Subject,
            Body = new TextPart("plain") { Text = mail.Text, ContentTransferEncoding = ContentEncoding.Base64 },
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
